import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Answer, Reply } from './answer.js';

const WORTH_COMPRESSING = 1024;
const FLOOD_PIECE = Buffer.alloc(64 * 1024, 0x20);

/** Puts an answer on the wire. Timers and streams end with the connection, so closing the server ends them all. */
export function writeAnswer(res: ServerResponse, answer: Answer, gzip: boolean): void {
  if (res.destroyed) return;
  switch (answer.kind) {
    case 'reply':
      writeReply(res, answer, gzip);
      break;
    case 'reset':
      res.socket?.resetAndDestroy();
      break;
    case 'hang':
      break;
    case 'truncate':
      writeHalf(res, answer.of);
      break;
    case 'drip':
      drip(res, answer.of, answer.everyMs);
      break;
    case 'delay':
      writeLater(res, answer.of, answer.ms, gzip);
      break;
    case 'flood':
      flood(res, answer.bytes);
      break;
  }
}

function writeLater(res: ServerResponse, answer: Answer, ms: number, gzip: boolean): void {
  const timer = setTimeout(() => writeAnswer(res, answer, gzip), ms);
  res.once('close', () => clearTimeout(timer));
}

function writeReply(res: ServerResponse, answer: Reply, gzip: boolean): void {
  const { body, headers } = answer;
  if (gzip && headers === undefined && body.length > WORTH_COMPRESSING) {
    const packed = gzipSync(body);
    res.writeHead(answer.status, { 'content-type': answer.type, 'content-encoding': 'gzip', 'content-length': packed.length });
    res.end(packed);
    return;
  }
  writeHead(res, answer);
  res.end(body);
}

function writeHead(res: ServerResponse, answer: Reply): void {
  const head: Record<string, string | number> = {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(answer.body),
  };
  res.writeHead(answer.status, answer.headers ? { ...head, ...answer.headers } : head);
}

/** Announces the whole body, sends half of it, and closes without a reset: what was sent does arrive. */
function writeHalf(res: ServerResponse, of: Reply): void {
  const body = Buffer.from(of.body);
  writeHead(res, of);
  res.write(body.subarray(0, Math.floor(body.length / 2)), () => res.socket?.destroy());
}

/** One byte a step: longer than any gap-based timeout notices. */
function drip(res: ServerResponse, of: Reply, everyMs: number): void {
  const body = Buffer.from(of.body);
  let sent = 0;
  writeHead(res, of);
  const timer = setInterval(() => {
    res.write(body.subarray(sent, sent + 1));
    sent += 1;
    if (sent >= body.length) {
      clearInterval(timer);
      res.end();
    }
  }, everyMs);
  res.once('close', () => clearInterval(timer));
}

/** A well-formed beginning followed by `bytes` of white space, written no faster than the client reads. */
function flood(res: ServerResponse, bytes: number): void {
  const tail = ']}';
  const head = '{"data":[';
  res.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': head.length + bytes + tail.length });
  res.write(head);
  let left = bytes;
  const pour = (): void => {
    while (left > 0 && !res.destroyed) {
      const piece = FLOOD_PIECE.subarray(0, Math.min(left, FLOOD_PIECE.length));
      left -= piece.length;
      if (!res.write(piece)) {
        res.once('drain', pour);
        return;
      }
    }
    if (left === 0) res.end(tail);
  };
  pour();
}
