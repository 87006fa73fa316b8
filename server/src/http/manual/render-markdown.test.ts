import { describe, expect, it } from 'vitest';
import { renderManualPage } from './manual-page.js';
import { renderMarkdown } from './render-markdown.js';

describe('renderMarkdown', () => {
  it.each([
    ['# Title & more', '<h1 id="title--more">Title &amp; more</h1>'],
    ['## delivery-slow', '<h2 id="delivery-slow">delivery-slow</h2>'],
    ['<a id="pause"></a>\n## 一時停止', '<h2 id="pause">一時停止</h2>'],
    ['one\ntwo\n\nthree', '<p>one\ntwo</p>\n<p>three</p>'],
    ['- a\n  b\n- [ ] c', '<ul><li>a\nb</li><li><label><input type="checkbox"> c</label></li></ul>'],
    ['1. a\n2. b\n- c', '<ol><li>a</li><li>b</li></ol>\n<ul><li>c</li></ul>'],
    ['text\n- item', '<p>text</p>\n<ul><li>item</li></ul>'],
    [
      '| a | b |\n| --- | --- |\n| `x` | **y** |',
      '<div class="wide"><table><tr><th>a</th><th>b</th></tr><tr><td><code>x</code></td><td><strong>y</strong></td></tr></table></div>',
    ],
    ['```sh\na <b> && "c"\n```', '<pre class="run"><code>a &lt;b&gt; &amp;&amp; &quot;c&quot;</code></pre>'],
    ['```text\nout\n```\nafter', '<pre class="out"><code>out</code></pre>\n<p>after</p>'],
    ['a<!-- prints\nx -->b', '<p>ab</p>'],
    ['[a](b.md#c) and `[x](y)`', '<p><a href="b.md#c">a</a> and <code>[x](y)</code></p>'],
    ['**原因 1：[x](#x)**', '<p><strong>原因 1：<a href="#x">x</a></strong></p>'],
  ])('%j', (markdown, html) => {
    expect(renderMarkdown(markdown)).toBe(html);
  });

  it.each(['<script>alert(1)</script>', '[x](javascript:alert(1))', '[x](data:text/html,y)', '# <img src=x onerror=y>', '`<b>`'])(
    'lets nothing run: %s',
    (markdown) => {
      expect(renderMarkdown(markdown)).not.toMatch(/<(script|img|b)\b|href="(javascript|data):/);
    },
  );

  it('makes a page in its language that leads to the other, and holds every end of a text that never closes', () => {
    const page = renderManualPage('ja', 'alerts', '# アラート\n```sh\nnpx todoku alerts');
    expect(page).toContain('<html lang="ja">');
    expect(page).toContain('<a href="/manual/en/alerts.md" hreflang="en">English</a>');
    expect(page).toContain('<pre class="run"><code>npx todoku alerts</code></pre>');
  });
});
