/**
 * The name of a type of notification, as the API, the command line and the table of settings take it (push.are_type_settings). Upper and lower case
 * are two names.
 */
export const typeNamePattern = /^[A-Za-z0-9_.-]{1,64}$/;

export const typeNameRule = 'must be 1 to 64 of the characters A-Z, a-z, 0-9, _ . -';

/** With `*`, which speaks for every type that has nothing of its own. */
export const typeOrAllPattern = /^(?:\*|[A-Za-z0-9_.-]{1,64})$/;

export const typeOrAllRule = 'must be * or 1 to 64 of the characters A-Z, a-z, 0-9, _ . -';
