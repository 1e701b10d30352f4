/** Elders of the demo village who live alone or move with difficulty. Every name, address and illness is invented. */

export interface DemoBand {
  protocol: 'watch' | 'native';
  /** By which it is registered: the IMEI (of a test allocation that no real device has), or the MQTT user name. */
  nativeId: string;
  /** How it announces itself. */
  wireId: string;
  /** What the simulator does to it each day. */
  part?: string;
}

export interface DemoElder {
  name: string;
  sex: 'female' | 'male';
  birthYear: number;
  /** Groups 1 and 2 lie in the first grid, 3 and 4 in the second, and so on. */
  group: number;
  address: string;
  latitude: number;
  longitude: number;
  livesAlone: boolean;
  mobility: 'normal' | 'impaired';
  careNotes?: string;
  band?: DemoBand;
}

/** name | sex | born | address | latitude longitude | lives alone or not | moves well or not | wristband | its part | care notes */
const table = `
陈桂兰|女|1941|1组3号|30.39267 114.87377|独居|不便|watch 001017010010372|sos|高血压，早晚服药；走路拄拐；耳背，请大声说话
余家旺|男|1947|1组5号|30.39275 114.87395|独居|正常|watch 001017010010745|-|糖尿病，随身带糖
李秀英|女|1944|1组8号|30.39264 114.87440|独居|正常|watch 001017010011115|fall|骨质疏松，去年跌过一次
王德胜|男|1950|1组11号|30.39301 114.87423|同住|不便|-|-|中风后左侧无力，由老伴照料
张腊梅|女|1938|1组14号|30.39287 114.87480|独居|不便|watch 001017010011487|-|白内障，夜间看不清；钥匙在隔壁15号
胡正发|男|1952|1组19号|30.39340 114.87475|独居|正常|-|-|-
刘玉珍|女|1943|2组2号|30.39185 114.87722|独居|正常|native maoqi-band-01|-|冠心病，床头有硝酸甘油
周长清|男|1949|2组6号|30.39186 114.87749|同住|不便|-|-|坐轮椅，家门有坡道
吴菊香|女|1955|2组12号|30.39189 114.87796|独居|正常|-|-|-
徐光明|男|1940|2组17号|30.39244 114.87829|独居|不便|-|-|听力差，按门铃后请等一会儿
熊凤英|女|1946|2组23号|30.39246 114.87879|独居|正常|-|-|女儿在鄂州城区上班
陈金莲|女|1939|3组4号|30.39334 114.88242|独居|不便|watch 001017010011859|desaturation|慢阻肺，家中有制氧机
严友才|男|1945|3组7号|30.39361 114.88284|独居|正常|imei 001017010012220|-|-
李月娥|女|1951|3组10号|30.39326 114.88288|同住|不便|-|-|膝关节置换术后
夏传福|男|1948|3组13号|30.39352 114.88326|独居|正常|-|-|养了一条黄狗，进院先喊人
王水英|女|1942|3组18号|30.39301 114.88350|独居|正常|watch 001017010012592|-|记性不好，常忘记关火
万汉生|男|1953|3组22号|30.39298 114.88387|独居|正常|-|-|-
张桂英|女|1936|4组1号|30.39239 114.88566|独居|不便|watch 001017010012964|-|高龄，行动慢；村卫生室每周上门
柯克明|男|1944|4组9号|30.39194 114.88622|同住|不便|-|-|帕金森病
邵春香|女|1950|4组15号|30.39172 114.88655|独居|正常|native maoqi-band-02|-|高血压
余世银|男|1941|4组20号|30.39115 114.88644|独居|不便|-|-|右腿截肢，用助行器
刘翠兰|女|1957|4组26号|30.39081 114.88686|独居|正常|-|-|-
周细妹|女|1945|5组3号|30.38841 114.87427|独居|正常|watch 001017010013335|flat_battery|常忘记给手环充电
胡先国|男|1946|5组6号|30.38794 114.87432|独居|正常|-|-|-
陈冬香|女|1940|5组9号|30.38819 114.87477|独居|不便|imei 001017010013707|-|腰椎压缩性骨折
廖大富|男|1951|5组13号|30.38813 114.87508|同住|不便|-|-|尿毒症，周二、四、六去镇上透析
吴银枝|女|1949|5组16号|30.38763 114.87509|独居|正常|watch 001017010014077|-|-
徐金山|男|1938|5组21号|30.38792 114.87572|独居|不便|-|-|心脏起搏器
李幺姑|女|1943|6组5号|30.38716 114.87728|独居|正常|watch 001017010014440|-|-
夏祥发|男|1954|6组10号|30.38684 114.87772|独居|正常|-|-|白天常在鱼塘边
王桂珍|女|1947|6组15号|30.38728 114.87810|独居|正常|native maoqi-band-03|-|糖尿病，打胰岛素
熊长福|男|1942|6组19号|30.38723 114.87850|同住|不便|-|-|失智，容易走失，衣内缝有电话
万秀兰|女|1958|6组24号|30.38695 114.87901|独居|正常|-|-|-
严早生|男|1948|7组2号|30.38755 114.88183|独居|正常|watch 001017010014812|taken_off|不爱戴手环，洗澡时取下
陈翠英|女|1944|7组7号|30.38781 114.88234|独居|不便|watch 001017010015181|-|类风湿，握不紧东西
柯正清|男|1950|7组11号|30.38776 114.88262|独居|正常|-|-|-
刘春秀|女|1941|7组16号|30.38734 114.88304|独居|不便|-|-|白内障术后
邵家和|男|1937|7组20号|30.38734 114.88338|同住|不便|-|-|卧床，儿媳照料
周金香|女|1946|8组4号|30.38753 114.88579|独居|正常|imei 001017010015553|no_network|屋后信号弱
余光汉|男|1943|8组8号|30.38772 114.88599|独居|不便|native maoqi-band-04|-|心衰，脚肿时要去医院
张秀云|女|1952|8组13号|30.38823 114.88608|独居|正常|-|-|-
胡友发|男|1949|8组18号|30.38816 114.88669|独居|正常|-|-|一个人种两亩地
廖玉兰|女|1939|8组22号|30.38834 114.88697|独居|不便|-|-|听力差；女儿在武汉
`;

export const demoElders: readonly DemoElder[] = table
  .trim()
  .split('\n')
  .map((line) => readElder(line.split('|')));

function readElder([name = '', sex, born, address = '', place = '', ...rest]: string[]): DemoElder {
  const [lives, moves, band = '-', part = '-', notes = '-'] = rest;
  const [latitude, longitude] = place.split(' ').map(Number);
  return {
    name,
    sex: sex === '女' ? 'female' : 'male',
    birthYear: Number(born),
    group: Number.parseInt(address, 10),
    address: `茅圻村${address}`,
    latitude: latitude ?? Number.NaN,
    longitude: longitude ?? Number.NaN,
    livesAlone: lives === '独居',
    mobility: moves === '不便' ? 'impaired' : 'normal',
    ...(notes === '-' ? {} : { careNotes: notes }),
    ...(band === '-' ? {} : { band: readBand(band, part) }),
  };
}

/** `watch` announces itself by ten digits of its IMEI, `imei` by all fifteen. */
function readBand(text: string, part: string): DemoBand {
  const [kind, nativeId = ''] = text.split(' ');
  return {
    protocol: kind === 'native' ? 'native' : 'watch',
    nativeId,
    wireId: kind === 'watch' ? shortId(nativeId) : nativeId,
    ...(part === '-' ? {} : { part }),
  };
}

/** The ten digits of an IMEI by which most bands of the family announce themselves. */
export function shortId(imei: string): string {
  return imei.slice(4, 14);
}
