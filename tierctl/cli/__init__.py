"""The command line: words in, documents and exit codes out. Wires; decides nothing itself."""
