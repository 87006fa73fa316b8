import { type AddressInfo, createServer, type Socket } from 'node:net';

interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly text: string;
}

/** A mail server, as far as one mail goes: greeting, EHLO, MAIL, RCPT, DATA, QUIT. */
export interface SmtpReceiver {
  readonly url: string;
  readonly received: ReceivedMail[];
  /** What it says to a recipient; '250 OK' at first. */
  recipient: (address: string) => string;
  /** false: it takes connections and says nothing. */
  speaks: boolean;
  close(): Promise<void>;
}

export async function startSmtpReceiver(): Promise<SmtpReceiver> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (receiver.speaks) converse(socket, receiver);
  });
  const receiver: SmtpReceiver = {
    url: '',
    received: [],
    recipient: () => '250 OK',
    speaks: true,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(receiver, { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function converse(socket: Socket, receiver: SmtpReceiver): void {
  let rest = '';
  let mail = { from: '', to: [] as string[], lines: [] as string[] };
  let inData = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const hear = (line: string): void => {
    if (inData) {
      if (line !== '.') mail.lines.push(line.replace(/^\.\./, '.'));
      else {
        receiver.received.push({ from: mail.from, to: mail.to, text: mail.lines.join('\n') });
        inData = false;
        mail = { from: '', to: [], lines: [] };
        say('250 Queued as 42');
      }
      return;
    }
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        say('250 receiver');
        break;
      case 'MAIL':
        mail.from = address;
        say('250 OK');
        break;
      case 'RCPT': {
        const answer = receiver.recipient(address);
        if (answer.startsWith('250')) mail.to.push(address);
        say(answer);
        break;
      }
      case 'DATA':
        inData = true;
        say('354 Go on');
        break;
      case 'QUIT':
        say('221 Bye');
        socket.end();
        break;
      default:
        say('250 OK');
    }
  };
  socket.on('data', (bytes: Buffer) => {
    const lines = (rest + bytes.toString('utf8')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
  say('220 receiver');
}
