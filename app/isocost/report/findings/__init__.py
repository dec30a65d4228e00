"""What every view says: sentences, tables and series made from an answer, without Qt."""
