import type { PlotOptions } from '@observablehq/plot';
import { Html, html } from '../html.js';

/** Draws a plot as the text of an SVG, without the style sheet and style attributes that a strict page would block. */
export type PlotSvg = (options: PlotOptions, label: string, className: string) => Html;

/** The drawing library, and what makes text of its drawings. */
export interface Drawing {
  plot: typeof import('@observablehq/plot');
  plotSvg: PlotSvg;
}

/** Loads the drawing library, which only a report needs. */
export async function loadPlot(): Promise<Drawing> {
  const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const plotSvg: PlotSvg = (options, label, className) => {
    const drawn = plot.plot({ ...options, document } as PlotOptions) as unknown as SvgElement;
    for (const style of drawn.querySelectorAll('style')) style.remove();
    for (const styled of drawn.querySelectorAll('[style]')) styled.removeAttribute('style');
    // What stands in a mark is not for reading aloud piece by piece.
    for (const group of drawn.querySelectorAll('[aria-label]')) group.removeAttribute('aria-label');
    drawn.removeAttribute('style');
    drawn.removeAttribute('class');
    return html`<svg class="${className}" role="img" aria-label="${label}" ${new Html(drawn.outerHTML.slice('<svg '.length))}`;
  };
  return { plot, plotSvg };
}

/** What is needed of an element of the drawing. */
interface SvgElement {
  readonly outerHTML: string;
  remove(): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<SvgElement>;
}
