/** What browsers that know bar codes offer (Shape Detection API); the others read QR codes by script. */
interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

/** The package's types tell of a default inside the default, which is not there. */
type QrReader = (pixels: Uint8ClampedArray, width: number, height: number) => { data: string } | null;

const FORMATS = ['qr_code', 'code_128', 'code_39', 'data_matrix', 'ean_13'];
/** Enough for a code that fills a third of the picture. */
const MOST_PIXELS = 1200;

let detector: Detector | undefined;

/** The text of the code in a picture; undefined where none is seen. */
export async function readCode(source: HTMLVideoElement | ImageBitmap): Promise<string | undefined> {
  const native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (native) {
    detector ??= new native({ formats: FORMATS });
    const found = await detector.detect(source).catch(() => []);
    if (found[0]) return found[0].rawValue;
  }
  const pixels = pixelsOf(source);
  if (!pixels) return undefined;
  const { default: readQr } = (await import('jsqr')) as unknown as { default: QrReader };
  return readQr(pixels.data, pixels.width, pixels.height)?.data || undefined;
}

function pixelsOf(source: HTMLVideoElement | ImageBitmap): ImageData | undefined {
  const [width, height] =
    source instanceof ImageBitmap ? [source.width, source.height] : [source.videoWidth, source.videoHeight];
  if (width === 0 || height === 0) return undefined;
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context?.getImageData(0, 0, canvas.width, canvas.height);
}
