"""The history of the tables, one revision a module in ``versions``; ``upgrade`` follows it.

A new revision names the one before it in ``down_revision``, holds plain SQLAlchemy types, so that it
means the same for ever, and becomes ``HEAD`` of ``upgrade``. A test compares its result with
``tables``.
"""
