/**
 * Objects and arrays inside each other, the outermost counted: of a request body as a whole, and of a notification's data. Far above need, far below
 * what overflows a stack in Node or Postgres.
 */
export const deepestNesting = 32;
