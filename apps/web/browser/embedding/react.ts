import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { DigitRecognizerEvents } from '../../src/api.ts';

/** As a React app uses the element: an attribute from state, an event into state. */
function App() {
  const [label, setLabel] = useState('');
  const [language, setLanguage] = useState('en');
  return createElement(
    'div',
    null,
    createElement('digit-recognizer', {
      model: './library/model/',
      lang: language,
      onrecognized: ({ detail }: DigitRecognizerEvents['recognized']) => setLabel(detail.label ?? ''),
    }),
    createElement('output', null, label),
    createElement('button', { type: 'button', onClick: () => setLanguage('zh') }, 'language'),
  );
}

createRoot(document.querySelector('main')!).render(createElement(App));
