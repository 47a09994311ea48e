//! A Discord of our own: a world, its rules, a REST and a gateway face, and a control side.
