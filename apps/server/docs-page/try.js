// The page to try the API: reads /openapi.json and makes a form of every operation. Plain JavaScript, served as it is.
const chinese = navigator.language.startsWith('zh');
const words = chinese
  ? {
      send: '发送',
      key: 'API 密钥（如需要）',
      picture: '或选择图片',
      title: '试用 API',
      failed: '请求失败：',
      intro: '每个操作都可以直接在此试用；',
    }
  : {
      send: 'Send',
      key: 'API key, if one is needed',
      picture: 'or a picture',
      title: 'Try the API',
      failed: 'The request failed: ',
      intro: 'Every operation can be tried here; ',
    };
document.documentElement.lang = chinese ? 'zh' : 'en';
document.title = `mnist-edge · ${words.title}`;

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const key = element('input', { id: 'key', type: 'password', autocomplete: 'off' });

function form(path, method, { summary, requestBody, parameters = [] }, shared = []) {
  const inputs = [...shared, ...parameters].map((parameter) => ({
    parameter,
    input: element('input', { value: parameter.example ?? '', ariaLabel: parameter.name, placeholder: parameter.name }),
  }));
  const example = requestBody?.content['application/json']?.example;
  const area =
    example && element('textarea', { value: JSON.stringify(example), rows: 4, ariaLabel: 'JSON', spellcheck: false });
  const picture =
    requestBody?.content['image/png'] &&
    element('input', { type: 'file', accept: 'image/*', ariaLabel: words.picture });
  const output = element('pre', { ariaLive: 'polite', hidden: true });
  const button = element('button', { textContent: words.send });
  button.onclick = async () => {
    let url = path;
    const query = new URLSearchParams();
    for (const { parameter, input } of inputs) {
      if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value !== '') query.set(parameter.name, input.value);
    }
    const file = picture?.files[0];
    const headers = key.value === '' ? {} : { Authorization: `Bearer ${key.value}` };
    if (area) headers['Content-Type'] = file ? file.type : 'application/json';
    output.hidden = false;
    try {
      const body = area ? { body: file ?? area.value } : {};
      const response = await fetch(query.size > 0 ? `${url}?${query}` : url, { method, headers, ...body });
      const text = await response.text();
      output.textContent = `${response.status} ${response.statusText}\n${text.slice(0, 20000)}`;
    } catch (error) {
      output.textContent = words.failed + error.message;
    }
  };
  return element(
    'details',
    {},
    element(
      'summary',
      {},
      element('b', { textContent: method.toUpperCase() }),
      ` ${path} `,
      element('span', { textContent: summary }),
    ),
    ...inputs.map(({ input }) => input),
    ...(area ? [area] : []),
    ...(picture ? [element('label', {}, words.picture, ' ', picture)] : []),
    button,
    output,
  );
}

const api = await (await fetch('/openapi.json')).json();
const main = document.querySelector('main');
main.replaceChildren(
  element('h1', { textContent: `mnist-edge · ${words.title}` }),
  element('p', {}, words.intro, element('a', { href: '/openapi.json', textContent: 'openapi.json' })),
  element('label', {}, words.key, ' ', key),
);
for (const [path, operations] of Object.entries(api.paths)) {
  for (const method of ['get', 'post']) {
    if (operations[method]) main.append(form(path, method, operations[method], operations.parameters));
  }
}
main.querySelector('details').open = true;
