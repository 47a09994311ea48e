//! Hand-written statements that a connection prepares once: diesel's `sql_query` is parsed and planned at every use.

/// Tells diesel that a type is a statement whose text never changes, so that its prepared form is kept per connection.
///
/// The type has its own `QueryFragment<Pg>`, which pushes the text and binds the values; `$sql` are the types of the
/// columns that it returns.
macro_rules! declare_prepared {
    ($statement:ty => $sql:ty) => {
        impl diesel::query_builder::QueryId for $statement {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::Query for $statement {
            type SqlType = $sql;
        }
    };
}
pub(crate) use declare_prepared as prepared;
