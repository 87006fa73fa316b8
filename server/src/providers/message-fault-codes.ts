import { refusedMessageCodes } from './expo/delivery-faults.js';
import { invalidMessageCodes } from './expo/request-errors.js';

/** The codes of all providers under which a delivery failed because of its message, so that the same message would be refused again. */
export const messageFaultCodes: readonly string[] = [...refusedMessageCodes, ...invalidMessageCodes];
