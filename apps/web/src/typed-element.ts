import { LitElement } from 'lit';
import type { DetailOf, DigitRecognizerEvents } from './api.ts';

/** An element whose listeners know what its own events carry. */
export class TypedElement extends LitElement {
  override addEventListener<Type extends keyof DigitRecognizerEvents>(
    type: Type,
    listener: (event: DigitRecognizerEvents[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener<Type extends Exclude<keyof HTMLElementEventMap, keyof DigitRecognizerEvents>>(
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
  }

  protected tell<Type extends keyof DigitRecognizerEvents>(type: Type, detail: DetailOf<Type>): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
