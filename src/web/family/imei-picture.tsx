import { useDisplay } from '../i18n/language.tsx';

/** Where the number stands: on the back of the watch, beside the code on its box, and on its screen after *#06#. */
export function ImeiPicture() {
  const { t } = useDisplay();
  return (
    <figure className="grid gap-2 rounded-card bg-brand-soft p-3">
      <svg viewBox="0 0 360 150" role="img" aria-label={t('imei.picture')} className="w-full">
        <g fill="none" stroke="#12363a" strokeWidth="2.5" strokeLinejoin="round">
          <path d="M42 8h44l6 26H36zM42 142h44l6-26H36z" fill="#ffffff" />
          <rect x="24" y="34" width="80" height="82" rx="16" fill="#ffffff" />
          <circle cx="64" cy="75" r="27" fill="#e2eeec" />
        </g>
        <g fill="#12363a" fontSize="9" textAnchor="middle" fontFamily="monospace">
          <text x="64" y="70">
            IMEI
          </text>
          <text x="64" y="83" fontWeight="700" fill="#b3151b">
            8612…345
          </text>
        </g>
        <g stroke="#12363a" strokeWidth="2.5">
          <rect x="136" y="36" width="84" height="78" rx="6" fill="#ffffff" />
          <path d="M136 54h84" />
        </g>
        <Barcode />
        <text
          x="178"
          y="103"
          fontSize="8.5"
          textAnchor="middle"
          fontFamily="monospace"
          fontWeight="700"
          fill="#b3151b"
        >
          861200000012345
        </text>
        <g stroke="#12363a" strokeWidth="2.5">
          <rect x="262" y="22" width="76" height="106" rx="16" fill="#16201f" />
        </g>
        <g fill="#ffffff" textAnchor="middle" fontFamily="monospace">
          <text x="300" y="62" fontSize="15">
            *#06#
          </text>
          <text x="300" y="86" fontSize="8.5" fill="#ffd27a">
            8612000000
          </text>
          <text x="300" y="98" fontSize="8.5" fill="#ffd27a">
            12345
          </text>
        </g>
      </svg>
      <figcaption className="grid grid-cols-3 gap-2 text-center text-fine">
        <span>{t('imei.back')}</span>
        <span>{t('imei.box')}</span>
        <span>{t('imei.dial')}</span>
      </figcaption>
    </figure>
  );
}

function Barcode() {
  const bars = [0, 4, 7, 12, 15, 20, 26, 29, 35, 38, 43, 49, 53, 58, 61];
  return (
    <g fill="#16201f">
      {bars.map((x, index) => (
        <rect key={x} x={147 + x} y="62" width={index % 3 === 0 ? 2.6 : 1.4} height="28" />
      ))}
    </g>
  );
}
