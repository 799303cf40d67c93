import { createApp, h, ref } from 'vue';
import type { DigitRecognizerEvents } from '../../src/api.ts';

/** As a Vue app uses the element: an attribute from state, an event into state. */
createApp({
  setup() {
    const label = ref('');
    const language = ref('en');
    return () => [
      h('digit-recognizer', {
        model: './library/model/',
        lang: language.value,
        onRecognized: ({ detail }: DigitRecognizerEvents['recognized']) => {
          label.value = detail.label ?? '';
        },
      }),
      h('output', label.value),
      h(
        'button',
        {
          onClick: () => {
            language.value = 'zh';
          },
        },
        'language',
      ),
    ];
  },
}).mount('main');
