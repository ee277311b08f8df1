// A text as a picture that a phone can scan: one path of squares.
import qrcode from 'qrcode-generator';

const QUIET = 2;

export default function Qr({ text, label, className }: { text: string; label: string; className?: string }) {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = '';
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (code.isDark(y, x)) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
  return (
    <svg role="img" aria-label={label} className={className} viewBox={`0 0 ${size + 2 * QUIET} ${size + 2 * QUIET}`} shapeRendering="crispEdges">
      <path d={path} fill="#000" />
    </svg>
  );
}
