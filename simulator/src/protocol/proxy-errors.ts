import { type Reply, reply } from '../server/answer.js';

/** Answers that do not come from Expo's code but from what stands before it: not JSON. */

export function badGateway(): Reply {
  return page(502, '502 Bad Gateway');
}

export function gatewayTimeout(): Reply {
  return page(504, '504 Gateway Time-out');
}

export function upstreamReset(): Reply {
  return reply(503, 'upstream connect error or disconnect/reset before headers. reset reason: connection termination', 'text/plain');
}

/** An HTML page under status 200, as captive portals and misrouted load balancers give. */
export function htmlWith200(): Reply {
  return page(200, '504 Gateway Time-out');
}

function page(status: number, title: string): Reply {
  const html = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return reply(status, html, 'text/html');
}
