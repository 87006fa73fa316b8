import { type DestinationStream, destination, type Level, type Logger as PinoLogger, pino } from 'pino';
import { countableLine } from './countable-line.js';
import { describeError } from './describe-error.js';
import { prettyLine } from './pretty-line.js';
import { redact } from './redact.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const satisfies readonly Level[];
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Which process this is, on every line. */
  readonly instance: string;
  /** For people at a terminal; otherwise one JSON object a line. */
  readonly pretty: boolean;
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

/** A pino logger (fastify takes it as it is) whose level, and that of all its children, can be changed while running. */
export interface AdjustableLogger {
  readonly logger: PinoLogger;
  level(): LogLevel;
  setLevel(level: LogLevel): void;
}

/** Fields that hold secrets or what people write to each other, whatever it looks like. The rest is masked by shape, on the finished line. */
const secretFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'plaintext',
  'accessToken',
  'apiKey',
  'title',
  'data',
  'body',
];
const severity: Readonly<Record<LogLevel, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };

export function createLogger(options: LoggerOptions): AdjustableLogger {
  let current = options.level;
  const out = options.destination ?? destination(1);
  const shape = options.pretty ? prettyLine : countableLine;
  const logger = pino(
    {
      // Children keep the level that they were made with, so the level is kept here and everything else lets through.
      level: 'trace',
      base: { instance: options.instance },
      messageKey: 'msg',
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }), log: describeErrors },
      serializers: { err: (error: unknown) => error },
      hooks: {
        logMethod(args, method, level) {
          if (level >= severity[current]) method.apply(this, args);
        },
        streamWrite: redact,
      },
    },
    { write: (line) => out.write(shape(line)) },
  );
  return {
    logger,
    level: () => current,
    setLevel: (level) => {
      current = level;
    },
  };
}

function describeErrors(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describeError(value) : value]));
}
