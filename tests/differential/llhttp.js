// Node's own parser, without a socket: reads lines of base64 and writes for each, as JSON, the messages that it makes of
// these bytes, [method, target, bytes of body], and whether it refused what came behind them.
const { HTTPParser } = process.binding('http_parser');
const lines = require('readline').createInterface({ input: process.stdin });

function verdict(bytes) {
  const messages = [];
  let size = 0, head = null;
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {});
  parser[HTTPParser.kOnHeadersComplete | 0] = (major, minor, headers, method, url) => { head = [method, url]; size = 0; };
  parser[HTTPParser.kOnHeaders | 0] = (headers, url) => {};
  parser[HTTPParser.kOnBody | 0] = (piece) => { size += piece.length; };
  parser[HTTPParser.kOnMessageComplete | 0] = () => { messages.push([String(head[0]), String(head[1]), size]); };
  let refused = false;
  try {
    const ended = parser.execute(bytes);
    refused = ended instanceof Error || ended !== bytes.length;
  } catch (fault) {
    refused = true;
  }
  return { messages, refused };
}

lines.on('line', (line) => process.stdout.write(JSON.stringify(verdict(Buffer.from(line, 'base64'))) + '\n'));
