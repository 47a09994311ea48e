//! The vault: Fernet keys that seal and open stored secrets.
