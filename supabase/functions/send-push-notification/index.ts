import { createHandler } from './handle-request.ts';

Deno.serve(createHandler({ env: Deno.env.toObject(), fetch, log: (line) => console.error(line) }));
