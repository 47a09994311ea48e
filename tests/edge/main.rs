//! The edge to Discord, gateway and REST, against the simulated Discord over real sockets.
#![cfg(feature = "simulator")]

mod gateway;
mod rest;
mod taking_back;
mod world;
