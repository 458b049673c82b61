"""The calls of Resolve's scripting API, a class for each kind of handle.

Names, parameters and their order are Blackmagic's. A method works on the fake's own objects; handles are put on and
taken off around it.
"""
