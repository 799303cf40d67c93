export { both, escapeHtml, type Language, languages, type Page, page, type Text } from './page.ts';
