"""A live AWS account, read and changed through boto3; nothing that works off line loads this."""
