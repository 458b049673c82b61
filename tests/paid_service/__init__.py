"""A retake service that costs money, on loopback, and the provider for it: what the tests of money are made with.

The folder is put on the path of a child process, where its ``dist-info`` makes the provider an installed plug-in.
"""
