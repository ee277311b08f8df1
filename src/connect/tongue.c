/*
 * connect/tongue.c: headers in other languages. A row gives a header's key (folded letters and
 * digits, as cox_text_key makes it) and the English keys it stands for, the likelier one first: all
 * that an English header may mean follows from there.
 */
#include "connect/tongue.h"

#include "connect/names.h"

/* German, Spanish, French, Italian, Portuguese, Dutch, as the vendors' own exports label them. */
static const struct tongue {
    const char *keys, *english;
} tongues[] = {
    /* the record */
    {"datensatzid|idderegistro|identifiantdelenregistrement|iddenregistrement|idregistro|"
     "idrecord|iddoregistro|recordnummer",
        "recordid"},
    {"erstelltam|erstellungsdatum|angelegtam|fechadecreacion|datedecreation|datecreation|"
     "datacreazione|datadicreazione|datadecriacao|aanmaakdatum|gemaaktop",
        "createddate"},
    {"zustaendig|zustaendiger|inhaber|besitzer|verkaeufer|vertriebsmitarbeiter|vertriebler|"
     "propietario|responsable|vendedor|comercial|proprietaire|vendeur|commercial|proprietario|"
     "venditore|responsavel|eigenaar|verkoper",
        "owner"},
    {"opportunityinhaber|inhaberdesdeals|dealinhaber|dealeigentuemer|propietariodelnegocio|"
     "propietariodelaoportunidad|proprietairedelatransaction|proprietairedelopportunite|"
     "proprietariotrattativa|proprietariodonegocio",
        "owner"},
    {"kontaktinhaber|propietariodelcontacto|proprietaireducontact|proprietariodelcontatto|"
     "proprietariodocontato",
        "contactowner"},
    {"firmeninhaber|accountinhaber|unternehmensinhaber|propietariodelaempresa|"
     "propietariodelacuenta|proprietairedelentreprise|proprietaireducompte|proprietarioazienda|"
     "proprietariodaempresa",
        "owner"},
    /* deals */
    {"namederopportunity|verkaufschance|auftrag|projekt|nombredelnegocio|"
     "nombredelaoportunidad|oportunidad|negocio|nomdelatransaction|nomdelopportunite|opportunite|"
     "nometrattativa|nomeopportunita|opportunita|nomedonegocio|oportunidade|dealnaam|kans",
        "dealname|opportunityname"},
    {"phase|vertriebsphase|dealphase|etapa|etapadelnegocio|fase|etape|phasedelatransaction|"
     "fasetrattativa|etapadonegocio|stadium",
        "stage|dealstage"},
    {"wert|betrag|umsatz|summe|auftragswert|volumen|importe|valor|monto|cantidad|montant|valeur|"
     "importo|valore|montante|bedrag|waarde|erwarteterumsatz",
        "amount"},
    {"typ|tipo|soort|auftragsart|dealtyp", "type|dealtype|opportunitytype"},
    {"betragwaehrung|monedadelimporte|devisemontant", "amountcurrency"},
    {"waehrung|moneda|divisa|devise|valuta|moeda|monnaie", "currency"},
    {"abschlussdatum|schlusstermin|abschluss|voraussichtlicherabschluss|fechadecierre|"
     "datedecloture|datedefermeture|datadichiusura|datachiusura|datadefechamento|sluitingsdatum",
        "closedate"},
    {"wahrscheinlichkeit|probabilidad|probabilite|probabilita|probabilidade|"
     "waarschijnlijkheid",
        "probability"},
    {"naechsterschritt|naechsteschritte|proximopaso|etapesuivante|prochaineetape|passosuccessivo|"
     "proximaetapa|proximopasso|volgendestap",
        "nextstep"},
    {"verlustgrund|grundfuerverlust|motivodeperdida|raisondelaperte|motifdeperte|"
     "motivodellaperdita|motivodaperda|redenverlies",
        "lossreason"},
    {"leadquelle|herkunft|quelle|fuentedelprospecto|origen|sourcedelapiste|origine|"
     "origemdolead|bron",
        "leadsource"},
    {"produkt|artikel|producto|produit|prodotto|produto", "product"},
    /* accounts */
    {"kunde|kundenname|firma|firmenname|unternehmen|unternehmensname|cuenta|"
     "nombredelacuenta|empresa|nombredelaempresa|cliente|compte|nomducompte|entreprise|"
     "nomdelentreprise|societe|azienda|nomeazienda|conta|nomedaconta|nomedaempresa|klant|"
     "bedrijf|bedrijfsnaam",
        "account|accountname|company|companyname"},
    {"branche|industria|secteur|secteurdactivite|settore|setor|bedrijfstak", "industry"},
    {"webseite|internetseite|sitioweb|siteweb|sitointernet|sitoweb", "website"},
    {"mitarbeiter|mitarbeiterzahl|anzahlmitarbeiter|anzahldermitarbeiter|empleados|"
     "numerodeempleados|nombredemployes|effectif|numerodidipendenti|dipendenti|"
     "numerodefuncionarios|aantalmedewerkers",
        "employees|numberofemployees"},
    {"jahresumsatz|ingresosanuales|chiffredaffairesannuel|fatturatoannuo|receitaanual|jaaromzet",
        "annualrevenue"},
    /* people */
    {"vorname|prenom|primeironome|voornaam", "firstname"},
    {"nachname|apellidos|apellido|nomdefamille|cognome|sobrenome|achternaam", "lastname"},
    {"nombre|nom|nome|naam|bezeichnung", "firstname|name"},
    {"emailadresse|correo|correoelectronico|adresseemail|courriel|adressemail|"
     "indirizzoemail|enderecodeemail|emailadres",
        "email"},
    {"telefon|telefonnummer|telefono|numerodetelefono|telephone|numerodetelephone|"
     "numeroditelefono|telefone|numerodetelefone|telefoonnummer|telefoon",
        "phone"},
    {"mobiltelefon|handy|mobil|telefonomovil|movil|portable|cellulare|celular|mobiel", "mobile"},
    {"jobtitel|berufsbezeichnung|cargo|puesto|intituledeposte|poste|qualifica|functie",
        "title|jobtitle"},
    {"abteilung|departamento|departement|reparto|afdeling", "department"},
    {"vorgesetzter|teamleiter|vertriebsleiter|gerente|jefe|responsablehierarchique|"
     "superieur|gestor|leidinggevende",
        "manager"},
    {"niederlassung|standort|oficina|bureau|filiale|escritorio|vestiging", "office|regionaloffice"},
    /* places */
    {"strasse|strassehausnummer|calle|direccion|rue|adresse|via|indirizzo|rua|endereco|straat",
        "street"},
    {"stadt|ort|ciudad|ville|citta|cidade|plaats|stad", "city"},
    {"bundesland|estado|provincia|etatregion|departementregion|stato|provincie", "state"},
    {"plz|postleitzahl|codigopostal|codepostal|cap|codicepostale|cep|postcode", "postalcode"},
    {"land|pais|pays|paese|landregion|paisregion|paysregion", "country"},
    /* activities */
    {"betreff|asunto|objet|sujet|oggetto|assunto|onderwerp", "subject"},
    {"faelligam|faelligkeitsdatum|fechadevencimiento|datedecheance|scadenza|datadevencimento|"
     "vervaldatum",
        "duedate"},
    {"beschreibung|bemerkung|notiz|descripcion|descrizione|descricao|omschrijving", "description"},
};

size_t cox_tongue_count(void)
{
    return COX_COUNT(tongues);
}

void cox_tongue_at(size_t at, struct cox_text *ret_keys, struct cox_text *ret_english)
{
    *ret_keys = cox_text_of(tongues[at].keys);
    *ret_english = cox_text_of(tongues[at].english);
}
