/** What the columns of other systems are called, by the field they become; small letters, nothing between them. */
export interface EntityWords {
  /** What the entity itself is called in names of files. */
  files: RegExp;
  /** Columns that name one record wherever they stand: `order_id`. */
  key: readonly string[];
  /** Columns that name one record only in a file of this entity: `id`. */
  bareKey: readonly string[];
  fields: Readonly<Record<string, readonly string[]>>;
}

export const COLUMN_WORDS: Readonly<Record<string, EntityWords>> = {
  customers: {
    files: /customer|client|contact|crm|member|user|people|wateja|kunde/,
    key: words(
      'customerid customerno customernumber customercode custid custno clientid clientno contactid memberid userid accountid customerkey kundennr kundennummer kundenid nclient noclient numclient buyerusername numéroclient idclient codeclient idcliente nºcliente ncliente númerocliente codcliente',
    ),
    bareKey: words('id code no number key'),
    fields: {
      first_name: words(
        'firstname givenname givennames forename fname vorname prénom prenom nombre companyname company businessname firma',
      ),
      last_name: words(
        'lastname surname familyname lname nachname familienname nomdefamille apellido apellidos',
      ),
      email: words(
        'email emailaddress mail customeremail contactemail clientemail buyeremail emailadresse courriel adressemail correo correoelectrónico emailid adresseemail baruapepe',
      ),
      phone: words(
        'phone phonenumber phoneno mobile mobilenumber mobileno mobilephone tel telephone cell cellphone msisdn customerphone contactphone telefon telefonnummer handy mobil téléphone teléfono móvil phonenumbers simu nambariyasimu',
      ),
      address_line1: words(
        'address address1 addressline1 street streetaddress pobox straße strasse adresse anschrift rue dirección calle billingaddress',
      ),
      address_line2: words('address2 addressline2 building apartment'),
      city: words('city town ort stadt ville ciudad'),
      region: words('region county state province'),
      postal_code: words('postalcode postcode zip zipcode plz postleitzahl codepostal códigopostal'),
      country: words('country countryname land pays país'),
      gender: words('gender sex geschlecht'),
      birth_date: words('birthdate dateofbirth dob birthday geburtsdatum datedenaissance fechadenacimiento'),
      marketing_consent: words('marketingconsent marketing newsletter consent optin acceptsmarketing'),
      created_at: words(
        'createdat created createdon datecreated registeredon registered registrationdate signupdate joined customersince createdate',
      ),
      updated_at: words('updatedat updated updatedon modified modifiedat modifiedon lastmodified'),
    },
  },
  products: {
    files: /product|catalog|inventory|stock|article|bidhaa|artikel|produkt|produit|artículo/,
    key: words(
      'productid productcode productno productkey itemid itemnumber itemcode articleno variantid sku itemproductservice artikelnr artikelnummer artnr produktnr produktnummer référence réfproduit codeproduit idproduit referencia códigoproducto idproducto inventoryitemcode msimbowabidhaa kodiyabidhaa',
    ),
    bareKey: words('id code no number key barcode gtin ean'),
    fields: {
      product_name: words(
        'productname product name title itemname itemtitle item description article itemdescription artikel artikelname produkt produktname bezeichnung artikelbezeichnung produit désignation nomduproduit producto nombredelproducto descripción artículo bidhaa jinalabidhaa',
      ),
      price: words(
        'price unitprice sellingprice retailprice listprice saleprice preis verkaufspreis einzelpreis prix prixunitaire precio preciounitario',
      ),
      stock_quantity: words(
        'stockquantity stock instock unitsinstock quantity qty inventory onhand available stockqty bestand lagerbestand existencias',
      ),
      sku: words('sku itemcode customlabel'),
      gtin: words('gtin ean ean13 upc barcode'),
      category: words('category categoryname productcategory producttype department'),
      brand: words('brand vendor manufacturer make'),
      unit: words('unit uom unitofmeasure unitofsale'),
      currency: words('currency currencycode'),
      created_at: words('createdat created createdon datecreated listedon'),
      updated_at: words('updatedat updated updatedon modified modifiedat lastmodified'),
    },
  },
  orders: {
    files:
      /order|sale|invoice|transaction|receipt|purchase|mauzo|bestellung|auftr[aä]g|rechnung|verk[aä]uf|commande|facture|vente|pedido|factura|venta/,
    key: words(
      'orderid orderno ordernumber orderreference orderkey invoiceid invoiceno invoicenumber receiptid receiptno receiptnumber transactionid saleid billno billnumber voucherno ticketno amazonorderid bestellnr bestellnummer bestellid auftragsnr auftragsnummer rechnungsnr rechnungsnummer belegnr belegnummer ncommande nocommande numcommande numérodecommande idcommande nfacture nofacture numérodefacture npedido nºpedido númerodepedido idpedido nfactura nºfactura númerodefactura invno npièce nopièce numéropièce nticket noticket numticket numéroticket numérodeticket nambariyarisiti nambayarisiti',
    ),
    bareKey: words('id no number code order invoice receipt bill ticket transaction num'),
    fields: {
      order_date: words(
        'orderdate date saledate salesdate invoicedate transactiondate receiptdate purchasedate billdate voucherdate day datum bestelldatum rechnungsdatum belegdatum auftragsdatum datedecommande datecommande datedefacture datefacture fecha fechadepedido fechapedido fechadefactura invdate tarehe',
      ),
      total_amount: words(
        'totalamount total ordertotal ordertotalamount grandtotal amount totalprice invoicetotal totaldue gesamtbetrag gesamtsumme gesamt summe rechnungsbetrag betrag montanttotal totalttc total montant importetotal importe totalinctax totalincltax grandtotalpurchased grandtotalbase jumla',
      ),
      order_number: words('ordernumber orderno invoiceno invoicenumber receiptno receiptnumber'),
      ordered_at: words(
        'orderedat placedat orderedon placedon timestamp datetime soldat createdat opened datecreated createddate createddateutc',
      ),
      status: words('status orderstatus financialstatus invoicestatus statut état etat estado bestellstatus'),
      channel: words('channel saleschannel'),
      currency: words('currency currencycode ordercurrency währung devise moneda'),
      discount_amount: words(
        'discountamount totaldiscount discounttotal orderdiscount cartdiscountamount cartdiscount discount discounts remise rabatt descuento punguzo',
      ),
      tax_amount: words(
        'taxamount tax taxes vat vatamount totaltax totalvat taxtotal salestax ordersalestax ordertax ordertotaltaxamount totaltva tva montanttva mwst iva',
      ),
      shipping_amount: words(
        'shippingamount shipping freight delivery shippingcost deliveryfee shippingfee ordershippingamount ordershipping shippingtotal shippingandhandling shippingcharge shippingcostextax',
      ),
    },
  },
  order_items: {
    files: /item|(?<!on)line|detail|basket|positionen|lignes|líneas|lineas/,
    key: words('orderitemid orderlineid lineid lineitemid orderdetailid'),
    bareKey: [],
    fields: {
      quantity: words(
        'quantity qty units pieces itemquantity quantitysold quantityrefund menge anzahl stückzahl quantité qté cantidad unidades idadi',
      ),
      unit_price: words(
        'unitprice unitamount price soldfor sellingprice salesprice itemprice rate itemrate itemcost einzelpreis stückpreis preis prixunitaire pu prix preciounitario precio priceextax puht prixunitaireht bei',
      ),
      subtotal: words(
        'linetotal lineamount itemtotal itemamount subtotal totalprice amount total netsales zeilenbetrag positionsbetrag gesamtpreis betrag montant importe totalextax montantht netprice jumla',
      ),
      line_number: words('linenumber lineno line position'),
      discount_amount: words(
        'discountamount linediscount discount discounts remise rabatt descuento punguzo',
      ),
      tax_amount: words('taxamount tax vat vatamount'),
    },
  },
};

/** Files of people and things that are none of the entities, however their columns are called. */
const OTHER_FILES = /supplier|shipper|carrier|courier|employee|staff|payroll|categor|region|territor/;

/** Words in the name of an amount that say what it is counted in. */
export const CURRENCY_WORDS = /(kes|ksh|kshs|usd|eur|gbp|ugx|tzs|zar|ngn|inr)$/;

/** One column that holds the whole name of a person. */
export const FULL_NAMES = words(
  'fullname name buyername customername clientname contactname customer client kunde kundenname nomduclient nomclient cliente nombredelcliente jinalamteja mteja',
);

/** Those that name a customer wherever they stand: a bare `name` may be anybody's. */
export const CUSTOMER_NAMES = FULL_NAMES.filter((word) => word !== 'name');

function words(text: string): readonly string[] {
  return text.split(' ');
}

/** Whether a file is called after an entity. */
export function isCalledAfter(entity: string, path: string): boolean {
  return COLUMN_WORDS[entity]?.files.test(baseOf(path)) ?? false;
}

/** Suppliers have names and phones as customers have, and are none. */
export function isOther(path: string): boolean {
  return (
    OTHER_FILES.test(baseOf(path)) && !Object.keys(COLUMN_WORDS).some((each) => isCalledAfter(each, path))
  );
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase();
}
