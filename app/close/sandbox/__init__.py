"""A Close that runs here: what the demonstration, the tests and offline trials talk to.

It follows what Close documents and what has been recorded from it; where nothing is known,
``switches.Switches`` offers both sides. It shares no code with the client, so that a wrong
idea about Close cannot hide on both ends of the wire.
"""
