"""What the sources do not say of countries: other names, parts, territories; for the build."""

from __future__ import annotations

# What IP geolocation writes of a country, where the sources do not say it.
SAID_OF_COUNTRIES = {
    "AE": ["emirates"],
    "BA": ["bosnia"],
    "BN": ["brunei"],
    "BO": ["bolivia, plurinational state of"],
    "BQ": ["bonaire", "caribbean netherlands", "bonaire, saint eustatius and saba"],
    "CD": [
        "congo, the democratic republic of the",
        "democratic republic of congo",
        "dr congo",
        "drc",
        "congo-kinshasa",
        "zaire",
    ],
    "CG": ["congo", "congo republic", "republic of congo", "congo-brazzaville"],
    "CI": ["cote d ivoire"],
    "CN": ["mainland china", "china mainland", "prc"],
    "CV": ["cabo verde"],
    "CZ": ["czech republic"],
    "FK": ["falkland islands", "falkland islands (malvinas)"],
    "FM": ["micronesia, federated states of", "federated states of micronesia"],
    "FO": ["faeroe islands"],
    "GB": ["britain", "great britain", "united kingdom of great britain and northern ireland"],
    "HK": ["hong kong sar"],
    "HM": ["heard and mcdonald islands"],
    "IE": ["republic of ireland", "eire"],
    "IR": ["iran, islamic republic of"],
    "JO": ["hashemite kingdom of jordan"],
    "KG": ["kyrgyz republic"],
    "KP": ["korea, democratic people's republic of", "dprk"],
    "KR": ["korea", "korea, republic of", "republic of korea"],
    "LA": ["laos", "lao", "lao pdr"],
    "LT": ["republic of lithuania"],
    "LY": ["libya", "libyan arab jamahiriya"],
    "MD": ["moldova, republic of", "republic of moldova"],
    "MF": ["saint martin", "st. martin"],
    "MK": ["macedonia", "macedonia, the former yugoslav republic of", "fyrom"],
    "MM": ["burma", "myanmar (burma)"],
    "MO": ["macau sar", "macao sar"],
    "NL": ["netherlands", "the netherlands", "holland"],
    "PS": ["palestinian territory, occupied", "palestinian territories", "palestine, state of"],
    "RS": ["serbia and montenegro"],
    "RU": ["russia", "russian federation"],
    "SA": ["kingdom of saudi arabia", "ksa"],
    "SH": ["saint helena, ascension and tristan da cunha"],
    "SX": ["sint maarten", "st. maarten"],
    "SY": ["syria", "syrian arab republic"],
    "SZ": ["swaziland"],
    "TL": ["timor-leste", "east timor", "democratic republic of timor-leste"],
    "TR": ["turkey", "turkiye", "türkiye"],
    "TW": ["taiwan", "taiwan, province of china", "taiwan, roc", "chinese taipei"],
    "TZ": ["tanzania, united republic of"],
    "UM": ["u.s. minor outlying islands", "u.s. outlying islands"],
    "US": ["united states of america", "america"],
    "VA": ["vatican", "vatican city", "holy see"],
    "VC": ["saint vincent and grenadines"],
    "VE": ["venezuela, bolivarian republic of"],
    "VG": ["british virgin islands", "virgin islands, british"],
    "VI": ["us virgin islands", "united states virgin islands", "virgin islands"],
    "VN": ["viet nam"],
}
# What IP geolocation writes of a state, by GeoNames' code.
SAID_OF_STATES = {
    "AR.07": ["ciudad autonoma de buenos aires", "buenos aires city", "capital federal"],
    "MX.09": ["distrito federal", "federal district", "ciudad de mexico"],
    "NG.11": ["federal capital territory", "abuja federal capital territory"],
}
# Parts of the United Kingdom that are written where a country belongs.
STATES_SAID_AS_COUNTRIES = {"GB": ["ENG", "SCT", "WLS", "NIR"]}
# Territories that are written as a state of the country that they belong to.
TERRITORIES = {
    "AU": "CC CX NF",
    "CN": "HK MO TW",
    "DK": "FO GL",
    "FI": "AX",
    "FR": "BL GF GP MF MQ NC PF PM RE TF WF YT",
    "GB": "AI BM FK GG GI IM IO JE KY MS PN SH TC VG",
    "NL": "AW BQ CW SX",
    "NO": "SJ",
    "NZ": "CK NU TK",
    "US": "AS GU MP PR UM VI",
}
# Countries without a town in the sources: (lat, lon, radius in km), read off an atlas.
WITHOUT_TOWNS = {
    "AQ": (-82.0, 20.0, 2_900),
    "BV": (-54.42, 3.36, 10),
    "HM": (-53.08, 73.51, 30),
    "IO": (-7.32, 72.42, 100),
    "UM": (19.28, 166.65, 20),
}
# The letters that a language is written with, beside Latin ones, by ISO 639-1 code.
_CYRILLIC, _ARABIC, _HAN = "\\u0400-\\u04ff", "\\u0600-\\u06ff", "\\u4e00-\\u9fff"
_DEVANAGARI = "\\u0900-\\u097f"
SCRIPTS = {
    **dict.fromkeys(["be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"], _CYRILLIC),
    **dict.fromkeys(["ar", "fa", "ku", "ps", "sd", "ur"], _ARABIC),
    **dict.fromkeys(["hi", "mr", "ne"], _DEVANAGARI),
    "am": "\\u1200-\\u137f",
    "bn": "\\u0980-\\u09ff",
    "el": "\\u0370-\\u03ff",
    "gu": "\\u0a80-\\u0aff",
    "he": "\\u0590-\\u05ff",
    "hy": "\\u0530-\\u058f",
    "ja": _HAN + "\\u3040-\\u30ff",
    "ka": "\\u10a0-\\u10ff",
    "km": "\\u1780-\\u17ff",
    "kn": "\\u0c80-\\u0cff",
    "ko": "\\uac00-\\ud7a3",
    "lo": "\\u0e80-\\u0eff",
    "ml": "\\u0d00-\\u0d7f",
    "my": "\\u1000-\\u109f",
    "pa": "\\u0a00-\\u0a7f",
    "si": "\\u0d80-\\u0dff",
    "ta": "\\u0b80-\\u0bff",
    "te": "\\u0c00-\\u0c7f",
    "th": "\\u0e00-\\u0e7f",
    "ti": "\\u1200-\\u137f",
    "zh": _HAN,
}
