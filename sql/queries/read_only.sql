-- Lets the server itself refuse every write for the rest of the transaction.
set transaction read only
