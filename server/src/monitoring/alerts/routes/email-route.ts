import { createTransport } from 'nodemailer';
import { printable } from '../../../logging/printable.js';
import { redact } from '../../../logging/redact.js';
import type { MessageWriter } from '../message/message-writer.js';
import type { Severity } from '../severity.js';
import { describeFailure, requestDeadlineMs } from './bounded-request.js';
import type { AlertRoute, SendResult } from './route.js';

interface EmailParts {
  /** smtp:// (encrypted as soon as the server offers it) or smtps://, with user and password. */
  readonly url: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly minSeverity: Severity;
  readonly writer: MessageWriter;
  readonly deadlineMs?: number;
}

const thisMachine: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Plain text, and for a report HTML as well, over a connection of its own. The Message-ID is the message's, so that a second attempt can be told from a second alert. */
export function emailRoute({ url, from, to, minSeverity, writer, deadlineMs = requestDeadlineMs }: EmailParts): AlertRoute {
  const { host, hostname, username, protocol } = new URL(url);
  const transport = createTransport({
    url,
    // A password never goes over an open line.
    requireTLS: protocol === 'smtp:' && username !== '' && !thisMachine.has(hostname),
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
  });
  return {
    name: 'email',
    minSeverity,
    target: `${host} (${to.length})`,
    async send(notice): Promise<SendResult> {
      const { subject, text } = writer.write(notice);
      const { report } = notice.content;
      const domain = from.replace(/^.*@/, '').replace(/>\s*$/, '');
      try {
        const { response, rejected } = await transport.sendMail({
          from,
          to: [...to],
          subject,
          ...(report === undefined ? { text: `${text}\n` } : reportParts(writer.writeReport(report))),
          textEncoding: 'base64',
          messageId: `<${notice.id}@${domain}>`,
          date: notice.createdAt,
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(deadlineMs),
        });
        const answer = said(response);
        if (rejected.length === 0) return { ok: true, answer };
        return { ok: false, error: `${rejected.length} of ${to.length} addresses refused: ${answer}` };
      } catch (error) {
        return { ok: false, error: describeSmtpFailure(error, deadlineMs) };
      }
    },
  };
}

/** The whole report as text, as tables, and as a page to keep. */
function reportParts({ text, html, page, fileName }: ReturnType<MessageWriter['writeReport']>) {
  return { text: `${text}\n`, html, attachments: [{ filename: fileName, content: page, contentType: 'text/html; charset=utf-8' }] };
}

const said = (text: string): string => printable(redact(text)).slice(0, 200);

/** The server's own words, where it said some. */
function describeSmtpFailure(error: unknown, deadlineMs: number): string {
  const response: unknown = error instanceof Error ? Reflect.get(error, 'response') : undefined;
  if (typeof response === 'string' && response !== '') return `SMTP: ${said(response)}`;
  return describeFailure(error, deadlineMs);
}
