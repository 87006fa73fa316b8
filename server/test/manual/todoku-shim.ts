import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { runCli } from '../../src/cli/run-cli.js';

/** What the commands of a page are given: as the process that types them would. */
export interface CliCall {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string;
}

export interface CliAnswer {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** The command line itself, without a process of its own: a page has a hundred commands. */
export async function callCli({ argv, env, input }: CliCall): Promise<CliAnswer> {
  const said = { out: '', err: '' };
  const exitCode = await runCli(argv, {
    env,
    login: 'operator',
    out: (line) => {
      said.out += line;
    },
    err: (line) => {
      said.err += line;
    },
    readInput: async () => input,
  });
  return { exitCode, ...said };
}

/** `npx todoku …` on the PATH of the pages' shells: hands the call to this process and prints what comes back. */
const program = (socket: string): string => `#!/usr/bin/env node
const argv = process.argv.slice(2);
if (argv.shift() !== 'todoku') { console.error('only npx todoku'); process.exit(127); }
let input = '';
for await (const part of process.stdin) input += part;
const { connect } = await import('node:net');
const wire = connect(${JSON.stringify(socket)});
wire.end(JSON.stringify({ argv, env: process.env, input }));
let answer = '';
for await (const part of wire) answer += part;
const { exitCode, out, err } = JSON.parse(answer);
process.stdout.write(out);
process.stderr.write(err);
process.exitCode = exitCode;
`;

/** Puts `npx` into a folder for the PATH. Close the server when the pages are done. */
export async function openShim(folder: string): Promise<Server> {
  const socket = join(folder, 'cli.sock');
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'npx.mjs'), program(socket));
  await writeFile(join(bin, 'npx'), `#!/bin/sh\nexec node ${join(bin, 'npx.mjs')} "$@"\n`);
  await chmod(join(bin, 'npx'), 0o755);
  const server = createServer({ allowHalfOpen: true }, (wire) => void answer(wire));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return server;
}

/** Not an iteration over the wire: that would close it before the answer. */
async function answer(wire: Socket): Promise<void> {
  let call = '';
  wire.setEncoding('utf8').on('data', (part: string) => {
    call += part;
  });
  await once(wire, 'end');
  wire.end(JSON.stringify(await callCli(JSON.parse(call) as CliCall)));
}
