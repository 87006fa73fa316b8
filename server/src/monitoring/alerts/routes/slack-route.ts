import type { Clock } from '../../../clock/clock.js';
import type { MessageWriter } from '../message/message-writer.js';
import type { Severity } from '../severity.js';
import { boundedRequest } from './bounded-request.js';
import type { AlertRoute } from './route.js';

interface SlackParts {
  /** Whoever knows it can post: it is a secret. */
  readonly url: string;
  readonly minSeverity: Severity;
  readonly writer: MessageWriter;
  readonly clock: Clock;
}

/** An incoming webhook as Slack has it, and Mattermost, Rocket.Chat and Discord (under /slack) after it: `{"text": …}`. */
export function slackRoute({ url, minSeverity, writer, clock }: SlackParts): AlertRoute {
  return {
    name: 'slack',
    minSeverity,
    target: new URL(url).host,
    send(notice) {
      const { subject, text } = writer.write(notice);
      const body = JSON.stringify({ text: `*${escaped(subject)}*\n${escaped(text)}` });
      return boundedRequest(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, clock });
    },
  };
}

/** The three characters that Slack reads as markup of its own: a subject can't mention everybody. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
