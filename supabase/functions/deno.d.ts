/** What the functions use of Deno; everything else in them is of the Web's standards. */
declare const Deno: {
  readonly env: { toObject(): Record<string, string> };
  serve(handle: (request: Request) => Promise<Response>): unknown;
};
