/** The longer edge of a photo as it is sent, in pixels. */
const LONGEST_PX = 1600;
const PREVIEW_PX = 240;

export interface Shrunk {
  bytes: Blob;
  /** A small picture of it as a data URL. */
  preview: string;
}

/** Width and height with the longer edge cut to `longest`, never enlarged. */
export function fitWithin(size: { width: number; height: number }, longest: number) {
  const factor = Math.min(1, longest / Math.max(size.width, size.height));
  return {
    width: Math.max(1, Math.round(size.width * factor)),
    height: Math.max(1, Math.round(size.height * factor)),
  };
}

/**
 * A photo as JPEG of at most 1600 px, upright. Drawn anew, so that nothing of what the camera wrote into the file goes along: neither
 * the place nor the time nor the device. Rejects where the file is no picture that this browser can read.
 */
export async function shrinkPhoto(file: Blob): Promise<Shrunk> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  try {
    const canvas = draw(picture, LONGEST_PX);
    const bytes = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.82));
    if (!bytes) throw new Error('the canvas gave no picture');
    return { bytes, preview: draw(picture, PREVIEW_PX).toDataURL('image/jpeg', 0.7) };
  } finally {
    picture.close();
  }
}

function draw(picture: ImageBitmap, longest: number): HTMLCanvasElement {
  const { width, height } = fitWithin(picture, longest);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  // What is see-through in a PNG becomes white instead of black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
}
