export { type Curve, type Curves, curves } from './curves.ts';
export { both, escapeHtml, type Language, languages, type Page, page, type Text } from './page.ts';
export { picture, pictureUri } from './picture.ts';
