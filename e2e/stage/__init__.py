"""What has to stand before a client can play: tools, certificates, a mail server, a running Cognate."""
