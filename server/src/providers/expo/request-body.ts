import { LRUCache } from 'lru-cache';
import type { OutgoingMessage } from '../provider.js';
import { readPushOptions } from '../push-options.js';
import { collapseFields } from './collapse-fields.js';

/** FCM's longest time to live: 28 days. */
const longestTtlSeconds = 2_419_200;

const cachedOptions = 500;

type BuildBody = (messages: readonly OutgoingMessage[]) => string;

/**
 * Makes the builder of send bodies: a JSON array, also for one message, because Expo answers an array with an array.
 *
 * Bodies are glued together as text. JSON that came from the database as text is spliced in and never parsed: parsing and printing
 * each message cost more than the rest of the path. Push options are parsed, because they must not be able to name another
 * recipient, but the same text comes again and again and is kept.
 */
export function createBodyBuilder(): BuildBody {
  const optionsByText = new LRUCache<string, string>({ max: cachedOptions });

  const optionFields = (pushJson: string | null): string => {
    const text = pushJson ?? '{}';
    const known = optionsByText.get(text);
    if (known !== undefined) return known;
    const fields = printOptions(text);
    optionsByText.set(text, fields);
    return fields;
  };

  return (messages) => {
    let body = '';
    let separator = '[';
    for (const message of messages) {
      body += separator + messageText(message, optionFields(message.pushJson));
      separator = ',';
    }
    return messages.length === 0 ? '[]' : `${body}]`;
  };
}

function messageText(message: OutgoingMessage, options: string): string {
  // An empty title or body is left out: Android would show an empty notification where a silent message was meant.
  const title = message.title === '' ? '' : `,"title":${JSON.stringify(message.title)}`;
  const body = message.message === '' ? '' : `,"body":${JSON.stringify(message.message)}`;
  const data = `,"data":${withDeliveryId(message.dataJson, message.deliveryId)}`;
  const ttl = `,"ttl":${Math.min(message.ttlSeconds, longestTtlSeconds)}`;
  return `{"to":${JSON.stringify(message.token)}${title}${body}${data}${ttl}${options}${collapseFields(message)}}`;
}

/**
 * The object with `_deliveryId` as its last member, by which the app recognises a message that it has already handled. Last, because
 * of two members with the same name parsers take the last: a sender can't put another delivery's id there.
 */
function withDeliveryId(dataJson: string, deliveryId: string): string {
  const id = `"_deliveryId":${JSON.stringify(deliveryId)}}`;
  const text = dataJson.trim();
  const isEmpty = text.length < 3 || text.slice(1, -1).trim() === '';
  return isEmpty ? `{${id}` : `${text.slice(0, -1)},${id}`;
}

/** The options as members of a JSON object, with a comma before each. */
function printOptions(pushJson: string): string {
  const options = readPushOptions(pushJson);
  return `,${JSON.stringify({ ...options, priority: options.priority ?? 'high' }).slice(1, -1)}`;
}
