"""The SQL of core, by noun: import the module, `from coursify.core.queries import emails`."""
