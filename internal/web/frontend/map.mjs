// The schematic map (示意图) of the region: the leagues (盟市) of Inner Mongolia, decoded from the map data that echarts 4
// ships, projected, simplified, and written as rings of whole kilometres. The server draws them; see
// registry/registryweb.

// Albers equal-area conic on a sphere. The standard parallels lie a sixth of the way in from 37° and 53° N, so that
// areas are true and shapes nearly so; registry/registryweb reads these numbers and projects the ports the same way.
export const projection = { name: 'albers', parallels: [40, 50], origin: [111.5, 45], radius: 6371.0088 };

const rad = (degrees) => (degrees * Math.PI) / 180;

function albers({ parallels, origin, radius }) {
  const [a, b] = parallels.map(rad);
  const n = (Math.sin(a) + Math.sin(b)) / 2;
  const c = Math.cos(a) ** 2 + 2 * n * Math.sin(a);
  const rho = (latitude) => (radius * Math.sqrt(c - 2 * n * Math.sin(rad(latitude)))) / n;
  const rho0 = rho(origin[1]);
  return ([longitude, latitude]) => {
    const theta = n * rad(longitude - origin[0]);
    const r = rho(latitude);
    return [r * Math.sin(theta), r * Math.cos(theta) - rho0]; // y grows downwards, as SVG has it
  };
}

// decode undoes echarts' encoding: zig-zag differences in 1/1024 degree, one character each, shifted by 64.
function decode(text, [x, y]) {
  const points = [];
  for (let i = 0; i < text.length; i += 2) {
    const zigzag = [text.charCodeAt(i) - 64, text.charCodeAt(i + 1) - 64].map((v) => (v >> 1) ^ -(v & 1));
    x += zigzag[0];
    y += zigzag[1];
    points.push([x / 1024, y / 1024]);
  }
  return points;
}

// simplify is Douglas and Peucker's, on a closed ring: it is cut at its two ends and at the point farthest from them.
function simplify(ring, tolerance) {
  const keep = new Uint8Array(ring.length);
  const walk = (from, to) => {
    let far = 0;
    let at = -1;
    const [ax, ay] = ring[from];
    const dx = ring[to][0] - ax;
    const dy = ring[to][1] - ay;
    const length = Math.hypot(dx, dy);
    for (let i = from + 1; i < to; i++) {
      const px = ring[i][0] - ax;
      const py = ring[i][1] - ay;
      const d = length === 0 ? Math.hypot(px, py) : Math.abs(px * dy - py * dx) / length;
      if (d > far) [far, at] = [d, i];
    }
    if (far > tolerance) {
      keep[at] = 1;
      walk(from, at);
      walk(at, to);
    }
  };
  keep[0] = keep[ring.length - 1] = 1;
  walk(0, ring.length - 1);
  return ring.filter((_, i) => keep[i]);
}

// The word that pages use for a league, by the name in the map data.
const ids = {
  呼和浩特市: 'hohhot', 包头市: 'baotou', 乌海市: 'wuhai', 赤峰市: 'chifeng', 通辽市: 'tongliao', 鄂尔多斯市: 'ordos',
  呼伦贝尔市: 'hulunbuir', 巴彦淖尔市: 'bayannur', 乌兰察布市: 'ulanqab', 兴安盟: 'hinggan', 锡林郭勒盟: 'xilingol', 阿拉善盟: 'alxa',
};

const tolerance = 1.6; // km: under one pixel where the map is 1,100 pixels wide

export function leagues(source) {
  const project = albers(projection);
  return source.features.map((feature) => {
    const { name, cp } = feature.properties;
    const id = ids[name];
    if (!id) throw new Error(`the map data has a league that has no word: ${name}`);
    const { type, coordinates, encodeOffsets } = feature.geometry;
    const rings = (type === 'Polygon' ? [coordinates] : coordinates)
      .flatMap((polygon, i) => {
        const offsets = type === 'Polygon' ? encodeOffsets : encodeOffsets[i];
        return polygon.map((text, j) => decode(text, offsets[j]));
      })
      .map((ring) => simplify(ring.map(project), tolerance))
      .map((ring) => ring.map(([x, y]) => [Math.round(x), Math.round(y)]).flat())
      .filter((ring) => ring.length >= 8);
    return { id, centre: project(cp).map(Math.round), rings };
  });
}
