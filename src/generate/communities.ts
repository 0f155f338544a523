/**
 * Names that are met together. Family names are listed with the commonest first; women and men carry those of
 * `any` and the ones of their own list, because in many communities a name tells the gender of who bears it.
 */
export interface Community {
  /** Which given names go with the family names. */
  given: 'christian' | 'muslim';
  any: readonly string[];
  women: readonly string[];
  men: readonly string[];
}

function words(text: string): readonly string[] {
  return text.split(' ');
}

function community(given: Community['given'], any: string, women = '', men = ''): Community {
  const list = (text: string) => (text === '' ? [] : words(text));
  return { given, any: list(any), women: list(women), men: list(men) };
}

export const COMMUNITIES = {
  kikuyu: community(
    'christian',
    'Kamau Mwangi Njoroge Kariuki Maina Ndungu Kimani Karanja Githinji Macharia Waweru Gitau Kinyua Muturi Gathoni Ngugi Irungu Mbugua Kuria Gachanja Thuo Kihara Warui Gichuki Nderitu Wahome',
    'Wanjiru Wanjiku Wambui Nyambura Njeri Wangui Wairimu Muthoni Waithera Nduta Wangari Mumbi',
  ),
  luo: community(
    'christian',
    "Otieno Odhiambo Ochieng Onyango Owino Omondi Okoth Ouma Oduor Juma Okello Opiyo Odongo Ogola Owuor Oloo Ogutu Obiero Nyong'o Ooko",
    'Achieng Akinyi Atieno Adhiambo Anyango Awuor Auma Akoth Apiyo Adoyo Awino',
  ),
  luhya: community(
    'christian',
    'Wafula Barasa Wekesa Simiyu Wanjala Shikuku Mukhwana Makokha Ambani Khaemba Lusweti Musundi Mudavadi Amukoya Shitanda Luvai Wangila Mutoro Situma Khisa Wamalwa Keya Malala',
    'Nekesa Naliaka Nafula Khasandi Nanjala Nasimiyu Mukhaye Ayuma Kageha Andeso',
  ),
  kalenjin: community(
    'christian',
    'Koech Rotich Korir Cheruiyot Langat Bett Sang Ruto Rono Tanui Kosgei Biwott Chirchir Keter Murgor Birgen Maiyo Sigei',
    'Chebet Cherono Chepkoech Jepkosgei Jepchirchir Chepngetich Cherop Jeptoo Chelangat Chepkemoi Jerotich Chemutai',
    'Kiprotich Kibet Kipkemboi Kiplagat Kipruto Kipchumba Kipkoech Kiprono Kimutai Kiplimo Kipyegon Kirui',
  ),
  kamba: community(
    'christian',
    'Mutua Musyoka Muthama Mutiso Kilonzo Nzioka Mwanzia Kioko Makau Muli Wambua Ndolo Munyao Kimeu Nzuki Mutinda Kyalo Maingi Musau Ngumbau Nthenge Mulwa',
    'Mwende Mueni Ndinda Kalondu Wayua Syokau Nduku Mumbua Kamene Nthenya',
  ),
  kisii: community(
    'christian',
    'Nyakundi Onsongo Mogaka Momanyi Ongeri Nyamweya Omwenga Ogeto Osoro Mokaya Ombati Makori Nyaribo Ondieki Oirere Bosire Onchiri Arasa Ratemo Gekonge',
    'Kemunto Nyanchoka Moraa Bosibori Kerubo Nyaboke Gesare Kwamboka Moraba',
  ),
  meru: community(
    'christian',
    "Mutembei Kirimi Mwiti Murithi Muriuki Mutuma Kinoti Gitonga Mbaabu Kaimenyi Nkonge M'Ikiara Mugambi Kiambi Kimathi Muthuri Riungu Micheni Thuranira",
    'Kananu Kathure Karimi Nkatha Makena Gakii Kawira Mwendwa Kendi Kagendo Gatwiri',
  ),
  embu: community(
    'christian',
    'Njeru Nyaga Mugo Ireri Kariuki Njue Namu Mbogo Kathuri Muchiri Gicovi Runji Ngari Kithaka',
    'Wanja Marigu Muthoni Igandu Wawira Karuana Rwamba',
  ),
  mijikenda: community(
    'christian',
    'Baya Charo Kazungu Karisa Katana Kahindi Mwachiro Ngumbao Mwangombe Kombe Thoya Chengo Jefwa Safari Mwadzaya Nyamawi Mwinyi Ziro Masha Kalama Tsuma',
    'Dama Kadzo Kache Sidi Mwaka Mbodze Mejumaa',
  ),
  swahili: community(
    'muslim',
    'Kassim Bakari Athman Shee Famau Mohamed Omar Salim Said Mbarak Swaleh Hamisi Mwinyihaji Juma Rashid Abubakar Badi Shariff',
  ),
  somali: community(
    'muslim',
    'Abdi Mohamed Hassan Ali Ahmed Hussein Ibrahim Yusuf Noor Omar Adan Farah Abdullahi Osman Maalim Warsame Issack Dahir Sheikh Jama Aden Bare Gedi Duale',
  ),
  borana: community(
    'muslim',
    'Wario Guyo Galgalo Halake Boru Dida Jillo Duba Adano Huka Godana Diba Roba Kuno Golicha Jarso',
    'Kabale Darmi Gumato Talaso Qabale',
  ),
  maasai: community(
    'christian',
    'Sankale Ole-Ntutu Nkaissery Lekishon Saitoti Tobiko Kipury Lemayian Parsaloi Sironka Mosiany Konchellah Tipape Pareyio Letoya Nampaso Sayialel',
    'Naserian Nashipae Nasieku Resiato Silantoi Namunyak',
  ),
  samburu: community(
    'christian',
    'Lenolkulal Lesuuda Leshore Lekuton Letimalo Lengees Loibooki Lelelit Lemarkoko Leparleen Lolkidienye Lekalkuli',
    'Nareyo Noldonyio Ntimaren Nolari',
  ),
  turkana: community(
    'christian',
    'Ekai Lokaale Ebei Ekiru Lokwang Ewoi Esekon Lokolonyei Emuria Ekuwam Loyelei Nanok Lodio Erupe Etabo Lopeyok',
    'Akai Nakiru Akiru Apua Atabo Nangiro',
  ),
  pokot: community(
    'christian',
    'Lonyangapuo Lokapel Lotodo Pkosing Krop Kamama Moroto Losiakou Pkiach Atudonyang Limakou Lopuonyang',
    'Chepochepunyo Chepkopus Cherotwo Chemakeu',
  ),
  taita: community(
    'christian',
    'Mwakio Mwadime Mwasaru Mwandawiro Mwanyika Mwamburi Mwachofi Mwakima Mwang’ombe Kisombe Mghanga Mwailengo Mwashighadi Nyambu'.replaceAll(
      '’',
      "'",
    ),
    'Wakesho Wawuda Mkamburi Mghoi Malemba Wakio',
  ),
  teso: community(
    'christian',
    'Ekisa Omuse Papa Okisai Ekirapa Emukule Etyang Omanyala Ojaamong Ikapel Okware Emongor',
    'Akisa Amoit Asere Atyang Apolot',
  ),
  kuria: community(
    'christian',
    'Mwita Chacha Marwa Maroa Robi Nyamohanga Gesabo Wankuru Sinda Matiko Magaiwa Kisiri',
    'Boke Gati Robi Bhoke Wegesa Nchagwa',
  ),
} as const satisfies Record<string, Community>;

export type CommunityName = keyof typeof COMMUNITIES;

/** Given names by the list they are on and by gender, the commonest first. */
export const GIVEN_NAMES: Record<Community['given'], Record<'female' | 'male', readonly string[]>> = {
  christian: {
    female: words(
      'Mary Grace Faith Mercy Jane Esther Ann Lucy Margaret Elizabeth Joyce Sarah Catherine Caroline Rose Agnes Eunice Ruth Nancy Lilian Alice Beatrice Susan Purity Winnie Sharon Diana Naomi Irene Gladys Janet Lydia Florence Charity Joan Hellen Doreen Christine Rebecca Veronica Edith Brenda Violet Stella Emily Miriam Damaris Peninah Josephine Cynthia Vivian Imani Neema Zawadi Tumaini Pendo Rehema Baraka Furaha',
    ),
    male: words(
      'John James Peter Joseph David Daniel Samuel Stephen Paul Michael George Francis Brian Kevin Dennis Simon Patrick Charles Martin Anthony Moses Joshua Isaac Elijah Victor Emmanuel Geoffrey Vincent Robert Thomas Timothy Nicholas Benard Philip Evans Alex Edwin Collins Kennedy Felix Eric Julius Wycliffe Boniface Titus Dominic Gideon Caleb Duncan Amos Hillary Jackson Nelson Solomon Baraka Jabali Tumaini Juma Zakaria',
    ),
  },
  muslim: {
    female: words(
      'Fatuma Amina Halima Khadija Zainab Mariam Asha Hawa Maryan Zeinab Saida Rukia Mwanaisha Nuru Salma Habiba Sofia Naima Ayan Hodan Sumaya Aisha Rahma Zuhura Mwanajuma Farida Safia',
    ),
    male: words(
      'Mohamed Ahmed Abdi Hassan Ali Ibrahim Abdullahi Omar Yusuf Hussein Ismail Salim Said Abdirahman Bakari Hamisi Rashid Adan Khalid Suleiman Mustafa Idris Bashir Abubakar Juma Farah Mbarak',
    ),
  },
};
