/* demo/names.c: word lists, and names put together from them. No real person or company is meant. */
#include "demo/names.h"

struct word {
    const char *text, *ascii;
};

struct culture {
    struct word first[10], last[10];
    bool is_family_first;
};

static const struct culture cultures[] = {
    {{{"Jonas", "jonas"}, {"Käthe", "kaethe"}, {"Malte", "malte"}, {"Annika", "annika"},
         {"Jörg", "joerg"}, {"Ronja", "ronja"}, {"Till", "till"}, {"Wiebke", "wiebke"},
         {"Henning", "henning"}, {"Ute", "ute"}},
        {{"Brückner", "brueckner"}, {"Hollmann", "hollmann"}, {"Oßwald", "osswald"},
            {"Tiefensee", "tiefensee"}, {"Grünwald", "gruenwald"}, {"Kesselring", "kesselring"},
            {"Marquardt", "marquardt"}, {"Sandvoß", "sandvoss"}, {"Lüders", "lueders"},
            {"Wichmann", "wichmann"}},
        false},
    {{{"Imogen", "imogen"}, {"Callum", "callum"}, {"Tamsin", "tamsin"}, {"Desmond", "desmond"},
         {"Maeve", "maeve"}, {"Rory", "rory"}, {"Bryony", "bryony"}, {"Silas", "silas"},
         {"Orla", "orla"}, {"Jasper", "jasper"}},
        {{"Aldwick", "aldwick"}, {"O'Rourke", "orourke"}, {"Pemberley", "pemberley"},
            {"Hartwell", "hartwell"}, {"Okafor", "okafor"}, {"Stanmore", "stanmore"},
            {"Quigley", "quigley"}, {"Thistlewood", "thistlewood"}, {"Marlowe", "marlowe"},
            {"Fenwick", "fenwick"}},
        false},
    {{{"Élodie", "elodie"}, {"Théo", "theo"}, {"Margaux", "margaux"}, {"Loïc", "loic"},
         {"Anaïs", "anais"}, {"Bastien", "bastien"}, {"Solène", "solene"}, {"Rémi", "remi"},
         {"Clémence", "clemence"}, {"Gaël", "gael"}},
        {{"Dujardin", "dujardin"}, {"Lefèvre", "lefevre"}, {"Beauchêne", "beauchene"},
            {"Chastaing", "chastaing"}, {"Rivière", "riviere"}, {"Montclair", "montclair"},
            {"Garçon", "garcon"}, {"Vasseur", "vasseur"}, {"Pélissier", "pelissier"},
            {"Trémont", "tremont"}},
        false},
    {{{"Inés", "ines"}, {"Rubén", "ruben"}, {"Ximena", "ximena"}, {"Íñigo", "inigo"},
         {"Begoña", "begona"}, {"Andrés", "andres"}, {"Lucía", "lucia"}, {"Joaquín", "joaquin"},
         {"Nuria", "nuria"}, {"Tomás", "tomas"}},
        {{"Castañeda", "castaneda"}, {"Ibáñez", "ibanez"}, {"Quintana", "quintana"},
            {"Villaverde", "villaverde"}, {"Peñalver", "penalver"}, {"Arriaga", "arriaga"},
            {"Solís", "solis"}, {"Zubiri", "zubiri"}, {"Montalbán", "montalban"},
            {"Escudero", "escudero"}},
        false},
    {{{"Agnieszka", "agnieszka"}, {"Łukasz", "lukasz"}, {"Małgorzata", "malgorzata"},
         {"Paweł", "pawel"}, {"Żaneta", "zaneta"}, {"Grzegorz", "grzegorz"}, {"Bożena", "bozena"},
         {"Michał", "michal"}, {"Świętosława", "swietoslawa"}, {"Wojciech", "wojciech"}},
        {{"Zielińska", "zielinska"}, {"Wróbel", "wrobel"}, {"Jabłoński", "jablonski"},
            {"Głowacka", "glowacka"}, {"Sędziak", "sedziak"}, {"Krawczyk", "krawczyk"},
            {"Ostrowski", "ostrowski"}, {"Piątek", "piatek"}, {"Śliwa", "sliwa"},
            {"Dąbek", "dabek"}},
        false},
    {{{"Åsa", "asa"}, {"Björn", "bjoern"}, {"Linnéa", "linnea"}, {"Göran", "goeran"},
         {"Saga", "saga"}, {"Håkan", "hakan"}, {"Ebba", "ebba"}, {"Sören", "soeren"},
         {"Tuva", "tuva"}, {"Torbjörn", "torbjoern"}},
        {{"Sjöholm", "sjoeholm"}, {"Ekström", "ekstroem"}, {"Ångström", "angstroem"},
            {"Lindqvist", "lindqvist"}, {"Hägglund", "haegglund"}, {"Norrby", "norrby"},
            {"Öberg", "oeberg"}, {"Stenmark", "stenmark"}, {"Wallgren", "wallgren"},
            {"Rönn", "roenn"}},
        false},
    {{{"Ayşe", "ayse"}, {"Çağlar", "caglar"}, {"Gülşen", "gulsen"}, {"Oğuz", "oguz"},
         {"Şebnem", "sebnem"}, {"İlker", "ilker"}, {"Ebru", "ebru"}, {"Tarık", "tarik"},
         {"Zeynep", "zeynep"}, {"Umut", "umut"}},
        {{"Yıldırım", "yildirim"}, {"Öztürk", "ozturk"}, {"Karadağ", "karadag"},
            {"Şimşek", "simsek"}, {"Güneş", "gunes"}, {"Aydın", "aydin"}, {"Çelik", "celik"},
            {"Boztepe", "boztepe"}, {"Erdoğmuş", "erdogmus"}, {"Taşkın", "taskin"}},
        false},
    {{{"花子", "hanako"}, {"健太", "kenta"}, {"美咲", "misaki"}, {"大輔", "daisuke"},
         {"陽菜", "hina"}, {"翔", "sho"}, {"葵", "aoi"}, {"蓮", "ren"}, {"結衣", "yui"},
         {"直樹", "naoki"}},
        {{"佐久間", "sakuma"}, {"藤堂", "todo"}, {"早川", "hayakawa"}, {"三浦", "miura"},
            {"水野", "mizuno"}, {"石黒", "ishiguro"}, {"野々村", "nonomura"}, {"白鳥", "shiratori"},
            {"片桐", "katagiri"}, {"真田", "sanada"}},
        true},
    {{{"Ananya", "ananya"}, {"Rohan", "rohan"}, {"Kavitha", "kavitha"}, {"Arjun", "arjun"},
         {"Meenakshi", "meenakshi"}, {"Vikram", "vikram"}, {"Priyanka", "priyanka"},
         {"Sanjeev", "sanjeev"}, {"Lakshmi", "lakshmi"}, {"Nikhil", "nikhil"}},
        {{"Raghunathan", "raghunathan"}, {"Deshpande", "deshpande"}, {"Iyengar", "iyengar"},
            {"Bhattacharya", "bhattacharya"}, {"Chaudhari", "chaudhari"},
            {"Venkataraman", "venkataraman"}, {"Kulkarni", "kulkarni"}, {"Thakur", "thakur"},
            {"Subramaniam", "subramaniam"}, {"Mehrotra", "mehrotra"}},
        false},
    {{{"Conceição", "conceicao"}, {"João", "joao"}, {"Luísa", "luisa"}, {"Caetano", "caetano"},
         {"Iara", "iara"}, {"Otávio", "otavio"}, {"Jussara", "jussara"}, {"Murilo", "murilo"},
         {"Lívia", "livia"}, {"Estêvão", "estevao"}},
        {{"Magalhães", "magalhaes"}, {"Assunção", "assuncao"}, {"Brandão", "brandao"},
            {"Figueiró", "figueiro"}, {"Guimarães", "guimaraes"}, {"Leitão", "leitao"},
            {"Nóbrega", "nobrega"}, {"Pacheco", "pacheco"}, {"Sardinha", "sardinha"},
            {"Valadão", "valadao"}},
        false},
    {{{"Ελένη", "eleni"}, {"Γιώργος", "giorgos"}, {"Κατερίνα", "katerina"}, {"Νίκος", "nikos"},
         {"Δέσποινα", "despina"}, {"Στέλιος", "stelios"}, {"Άννα", "anna"}, {"Πέτρος", "petros"},
         {"Ιωάννα", "ioanna"}, {"Θανάσης", "thanasis"}},
        {{"Παπαδάκη", "papadaki"}, {"Λαμπρόπουλος", "lampropoulos"}, {"Σταθάκη", "stathaki"},
            {"Καλογήρου", "kalogirou"}, {"Μαυρίδης", "mavridis"}, {"Ζαχαρίου", "zachariou"},
            {"Ανδρέου", "andreou"}, {"Φωτιάδης", "fotiadis"}, {"Χατζή", "chatzi"},
            {"Βλάχου", "vlachou"}},
        false},
    {{{"Halyna", "halyna"}, {"Тарас", "taras"}, {"Оксана", "oksana"}, {"Богдан", "bohdan"},
         {"Ярина", "yaryna"}, {"Остап", "ostap"}, {"Леся", "lesia"}, {"Назар", "nazar"},
         {"Соломія", "solomiia"}, {"Юрій", "yurii"}},
        {{"Ковальчук", "kovalchuk"}, {"Левицька", "levytska"}, {"Гончар", "honchar"},
            {"Савчук", "savchuk"}, {"Дорошенко", "doroshenko"}, {"Мельничук", "melnychuk"},
            {"Стецько", "stetsko"}, {"Романюк", "romaniuk"}, {"Вишняк", "vyshniak"},
            {"Яремчук", "yaremchuk"}},
        false},
};

const char *demo_pick(struct cox_random *random, const char *const *words, size_t count)
{
    return words[cox_random_below(random, count)];
}

bool demo_name_make(struct cox_random *random, struct cox_arena *arena, struct demo_name *ret_name)
{
    const struct culture *culture = &cultures[cox_random_below(random, COX_COUNT(cultures))];
    const struct word *first = &culture->first[cox_random_below(random, COX_COUNT(culture->first))];
    const struct word *last = &culture->last[cox_random_below(random, COX_COUNT(culture->last))];
    const char *full =
        cox_arena_format(arena, "%s %s", culture->is_family_first ? last->text : first->text,
            culture->is_family_first ? first->text : last->text);

    ret_name->first = first->text;
    ret_name->last = last->text;
    ret_name->full = cox_text_of(full);
    ret_name->ascii = cox_arena_format(arena, "%s.%s", first->ascii, last->ascii);
    return full != NULL && ret_name->ascii != NULL;
}

/* ---- companies ---- */

static const struct demo_place places[] = {
    {"Hamburg", "Hamburg", "Germany", "EUR", 53.55, 9.99},
    {"Leipzig", "Sachsen", "Germany", "EUR", 51.34, 12.37},
    {"Köln", "Nordrhein-Westfalen", "Germany", "EUR", 50.94, 6.96},
    {"Lyon", "Auvergne-Rhône-Alpes", "France", "EUR", 45.76, 4.84},
    {"Nantes", "Pays de la Loire", "France", "EUR", 47.22, -1.55},
    {"Bilbao", "País Vasco", "Spain", "EUR", 43.26, -2.93},
    {"Valencia", "Comunitat Valenciana", "Spain", "EUR", 39.47, -0.38},
    {"Θεσσαλονίκη", "Κεντρική Μακεδονία", "Greece", "EUR", 40.64, 22.94},
    {"Kraków", "Małopolskie", "Poland", "EUR", 50.06, 19.94},
    {"Göteborg", "Västra Götaland", "Sweden", "EUR", 57.71, 11.97},
    {"Manchester", "England", "United Kingdom", "GBP", 53.48, -2.24},
    {"Edinburgh", "Scotland", "United Kingdom", "GBP", 55.95, -3.19},
    {"Boston", "MA", "United States", "USD", 42.36, -71.06},
    {"Denver", "CO", "United States", "USD", 39.74, -104.99},
    {"Portland", "OR", "United States", "USD", 45.52, -122.68},
    {"Austin", "TX", "United States", "USD", 30.27, -97.74},
    {"İzmir", "Ege", "Türkiye", "EUR", 38.42, 27.14},
    {"大阪", "大阪府", "Japan", "EUR", 34.69, 135.50},
    {"Pune", "Maharashtra", "India", "EUR", 18.52, 73.86},
    {"Curitiba", "Paraná", "Brazil", "EUR", -25.43, -49.27},
};

static const char *const industries[] = {"Manufacturing", "Logistics", "Healthcare", "Retail",
    "Energy", "Software", "Education", "Construction", "Food", "Public sector"};

static const char *const firm_starts[] = {"Alder", "Brisk", "Cobalt", "Dorn", "Ember", "Fjäll",
    "Granit", "Hollow", "Iber", "Juno", "Kestrel", "Lumen", "Mistral", "Nord", "Opal", "Pinien",
    "Quartz", "Rivet", "Sable", "Tide", "Umbra", "Velo", "Willow", "Xylo", "Ypsilon", "Zephyr"};

static const char *const firm_middles[] = {"werk", "field", "bridge", "forge", "haven", "lane",
    "mark", "point", "stone", "ström", "trail", "view", "ware", "wick", "yard"};

static const char *const firm_trades[] = {"Analytics", "Bau", "Components", "Dynamics", "Foods",
    "Freight", "Garments", "Holding", "Instruments", "Labs", "Logistik", "Medical", "Optics",
    "Partners", "Systems", "Textil", "Tools", "Trading", "Verlag", "Works"};

bool demo_firm_make(struct cox_random *random, struct cox_arena *arena, struct demo_firm *ret_firm)
{
    static const char *const forms[][2] = {{"Germany", "GmbH"}, {"France", "SARL"}, {"Spain", "SL"},
        {"Poland", "sp. z o.o."}, {"Sweden", "AB"}, {"United Kingdom", "Ltd"},
        {"United States", "Inc"}, {"Brazil", "Ltda"}, {"Japan", "KK"}, {"India", "Pvt Ltd"}};
    const char *start = DEMO_PICK(random, firm_starts);
    const char *middle = DEMO_PICK(random, firm_middles);
    const char *trade = DEMO_PICK(random, firm_trades);
    const char *form = "SA";

    ret_firm->place = &places[cox_random_below(random, COX_COUNT(places))];
    ret_firm->industry = DEMO_PICK(random, industries);
    for (size_t i = 0; i < COX_COUNT(forms); i++) {
        if (strcmp(forms[i][0], ret_firm->place->country) == 0) {
            form = forms[i][1];
        }
    }
    ret_firm->name = cox_arena_format(arena, "%s%s %s %s", start, middle, trade, form);
    ret_firm->website = cox_arena_format(arena, "https://%llx.example",
        (unsigned long long)(cox_random_bits(random) & 0xffffff));
    return ret_firm->name != NULL && ret_firm->website != NULL;
}
