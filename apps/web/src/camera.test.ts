import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { photograph } from '../browser/photograph.ts';
import { answerOn, becomes, desktop, openSite, type Site } from '../browser/site.ts';

let site: Site;
let folder: string;

/** Chromium's camera shows this: a video of one picture, uncompressed (YUV4MPEG2). */
function video(wanted: string): Buffer {
  const { width, height, data } = photograph(wanted);
  const colourless = Buffer.alloc((width * height) / 2, 128);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`),
    data,
    colourless,
  ]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mnist-edge-camera-'));
  const file = join(folder, 'three.y4m');
  await writeFile(file, video('3'));
  site = await openSite(undefined, ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${file}`]);
});

afterAll(async () => {
  await site?.close();
  await rm(folder, { recursive: true, force: true });
});

test('what the camera sees is read, when it is allowed', async () => {
  const page = await site.visitReady({ ...desktop, permissions: ['camera'] });
  await page.getByRole('button', { name: 'Camera' }).click();
  await page.waitForFunction(() => {
    const video = document.querySelector('digit-recognizer')!.shadowRoot!.querySelector('video');
    return video !== null && video.videoWidth > 0 && video.currentTime > 0;
  });
  await page.getByRole('button', { name: 'Take the picture' }).click();
  await becomes(page, 'answered');
  expect(await answerOn(page)).toBe('3');
  expect(await page.locator('video').count()).toBe(0);
  expect(site.complaints).toEqual([]);
});

test('a camera that is not allowed is said to be so', async () => {
  const page = await site.visitReady(desktop);
  await page.getByRole('button', { name: 'Camera' }).click();
  await expect.poll(() => page.locator('.notice').textContent()).toContain('not allowed');
});
