import type { Reply } from '../server/answer.js';
import { invalidToken, unauthorized } from './request-errors.js';

/**
 * Expo's "enhanced security": with an access token set, a request without one lacks permission and a wrong one is
 * invalid. (That the two differ in status is inferred.)
 */
export function authorize(header: string | undefined, accessToken: string | null, project: string): Reply | undefined {
  if (accessToken === null) return undefined;
  if (header === undefined) return unauthorized(project);
  return header === `Bearer ${accessToken}` ? undefined : invalidToken();
}
