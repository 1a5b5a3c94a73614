"""Given and family names from many parts of the world, and the usernames made of them.

A name is written ``native/ascii`` where its ASCII form is not found by dropping accents.
"""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name.

    Attributes
    ----------
    given, family : str
        As the person writes them.
    username : str
        ``given.family`` in ASCII, with a number where somebody else has it already.
    pool : int
        Which of `POOLS` it is from.
    """

    given: str
    family: str
    username: str
    pool: int

    def numbered(self, number: int) -> Name:
        """Return the name with another username."""
        return replace(self, username=f"{self.username}{number}")


@dataclass(frozen=True, slots=True)
class Pool:
    """Names that go together, and the countries where they are most at home."""

    locale: str
    countries: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]


def _pool(locale: str, countries: str, given: str, family: str) -> Pool:
    return Pool(
        locale,
        tuple(country.strip() for country in countries.split(",")),
        tuple(given.split()),
        tuple(family.split()),
    )


POOLS = (
    _pool(
        "en-US",
        "united states, canada",
        "Olivia Liam Ava Noah Harper Mason Grace Ethan Chloe Logan Zoe Lucas Nora Owen Hazel "
        "Caleb Ruby Wyatt Stella Henry Aaliyah Malik Imani Darius",
        "Adams Baker Brooks Carter Collins Foster Griffin Hayes Jenkins Keller Mitchell Nelson "
        "Parker Perry Quinn Reed Sanders Thompson Turner Walker Washington Whitfield Booker Ellis",
    ),
    _pool(
        "en-GB",
        "united kingdom, ireland, australia, new zealand",
        "Alistair Bronwyn Callum Daisy Eleanor Finlay Gemma Hamish Imogen Jasper Kirsty Lachlan "
        "Maeve Niamh Orla Poppy Rhys Saoirse Tamsin Ewan Siobhan Angus Freya Rowan",
        "Ashworth Barlow Campbell Doherty Evans Fairclough Gallagher Hughes Irvine Jones Kerr "
        "Lloyd MacDonald O'Brien Pritchard Rhodes Sinclair Thornton Underwood Vaughan Whittaker "
        "Byrne Walsh Murray",
    ),
    _pool(
        "de-DE",
        "germany, austria, switzerland",
        "Anneliese Benedikt Clara Dieter Elke Florian Greta Hannes Ingrid Jürgen Katharina Lukas "
        "Marlene Niklas Ottilie Philipp Renate Sebastian Theresa Ulrich Veronika Wolfgang Jörg "
        "Zsófia",
        "Albrecht Bauer Conrad Dietrich Eberhardt Fischer Günther Hoffmann Jäger Köhler Lehmann "
        "Müller Neumann Pfeiffer Richter Schäfer Schröder Vogel Weiß/weiss Winkler Zimmermann Böhm "
        "Krüger Lindner",
    ),
    _pool(
        "fr-FR",
        "france, belgium, switzerland, luxembourg, canada",
        "Amélie Baptiste Camille Damien Élodie Fabien Geneviève Hugo Inès Julien Khadija Léa "
        "Mathéo Noémie Océane Pierre Quentin Raphaël Solène Théo Valérie Yann Zoé Mehdi",
        "Arnaud Beaumont Chevalier Dubois Étienne Fournier Girard Hébert Jacquet Lacroix Lefèvre "
        "Marchand Noël Ouellet Perrin Renaud Rousseau Tessier Vasseur Benali Gauthier Lemaître "
        "Moreau Diallo",
    ),
    _pool(
        "es-ES",
        "spain, mexico, argentina, colombia, chile, peru",
        "Alejandra Álvaro Beatriz Carlos Dolores Emilio Fátima Gonzalo Inés Javier Lucía Mateo "
        "Natalia Óscar Paloma Rafael Sofía Tomás Úrsula Ximena Joaquín Marisol Andrés Pilar",
        "Álvarez Castillo Domínguez Espinoza Fernández García Herrera Ibáñez Jiménez López "
        "Martínez Navarro Núñez Ortega Peña Quintero Ramírez Salazar Torres Vargas Zúñiga Muñoz "
        "Rojas Córdoba",
    ),
    _pool(
        "pt-BR",
        "brazil, portugal",
        "Adriana Bruno Catarina Duarte Eduarda Filipe Gabriela Heitor Isadora João Larissa "
        "Matheus Nathália Otávio Priscila Renato Simone Thiago Valentina Wagner Yasmin Caetano "
        "Flávia Inácio",
        "Almeida Barbosa Cardoso Duarte Esteves Ferreira Gonçalves Guimarães Lima Magalhães "
        "Moreira Nascimento Oliveira Pacheco Queiroz Ribeiro Santos Teixeira Vasconcelos Xavier "
        "Araújo Assunção Brandão Conceição",
    ),
    _pool(
        "ja-JP",
        "japan",
        "美咲/misaki 健太/kenta 陽菜/hina 大輔/daisuke 結衣/yui 翔太/shota 彩花/ayaka 拓海/takumi "
        "千尋/chihiro 直樹/naoki 恵/megumi 亮/ryo 葵/aoi 蓮/ren 桜/sakura 隆/takashi 愛/ai "
        "誠/makoto 遥/haruka 修/osamu 真由/mayu 悠斗/yuto 紗希/saki 浩/hiroshi",
        "佐藤/sato 鈴木/suzuki 高橋/takahashi 田中/tanaka 渡辺/watanabe 伊藤/ito 山本/yamamoto "
        "中村/nakamura 小林/kobayashi 加藤/kato 吉田/yoshida 山田/yamada 佐々木/sasaki "
        "山口/yamaguchi 松本/matsumoto 井上/inoue 木村/kimura 林/hayashi 清水/shimizu "
        "斎藤/saito 森/mori 池田/ikeda 橋本/hashimoto 石川/ishikawa",
    ),
    _pool(
        "zh-Hans",
        "china, singapore, hong kong, taiwan, malaysia",
        "Mei Wei Xiu Jun Ling Hao Fang Jie Yan Tao Hui Qiang Na Bo Xia Lei Ying Ming Li-Hua "
        "Zhi-Wei Jia-Yi Shu-Fen Kai Yu-Ting",
        "Chen Wang Zhang Liu Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Gao Lin Luo Zheng "
        "Liang Xie Tang Tan",
    ),
    _pool(
        "hi-IN",
        "india, united arab emirates, singapore, united kingdom",
        "Aarav Ananya Arjun Deepika Dev Divya Gaurav Ishita Karthik Kavya Lakshmi Manish Meera "
        "Nikhil Pooja Priya Rahul Rohan Sanjay Shreya Sunita Varun Vidya Vikram",
        "Agarwal Banerjee Chatterjee Desai Gupta Iyer Jain Joshi Kapoor Krishnan Kumar Mehta "
        "Menon Mukherjee Nair Patel Pillai Rao Reddy Saxena Sharma Singh Srinivasan Verma",
    ),
    _pool(
        "ar-AE",
        "united arab emirates, egypt, saudi arabia, morocco, jordan, qatar",
        "Ahmed Amira Bilal Dalia Farid Fatima Hassan Huda Ibrahim Jamila Karim Layla Mahmoud "
        "Nadia Omar Rania Salim Samira Tariq Yasmin Youssef Zainab Idris Noor",
        "Abbas Aziz Bakri Darwish El-Sayed Farouk Ghanem Haddad Hamdan Hussein Ismail Jaber "
        "Khalil Mansour Masri Nasser Qasim Rahman Saleh Shaheen Suleiman Tahir Yassin Zaki",
    ),
    _pool(
        "pl-PL",
        "poland, czechia, hungary, romania, lithuania, ukraine",
        "Agnieszka Bartosz Dorota Elżbieta Grzegorz Jadwiga Kamil Łukasz/lukasz Małgorzata/"
        "malgorzata Paweł/pawel Zofia Jiří Lenka Ondřej Zuzana István Réka Gábor Ileana Răzvan "
        "Jonas Ieva Oksana Taras",
        "Kowalski Wiśniewski Wójcik Kamiński Zieliński Szymański Woźniak Dąbrowski Jabłoński/"
        "jablonski Novák Svoboda Dvořák Horák Nagy Szabó Kovács Popescu Ionescu Petrauskas "
        "Kazlauskas Shevchenko Bondarenko Tkachenko Mazur",
    ),
    _pool(
        "sv-SE",
        "sweden, denmark, norway, finland, netherlands, estonia",
        "Astrid Björn Ebba Fredrik Göran Hedda Ingmar Johanna Kerstin Linnéa Måns Nils Signe "
        "Torbjørn/torbjorn Åsa Søren/soren Mette Jukka Aino Eero Pieter Sanne Joost Maarja",
        "Andersson Bergström Dahlberg Ekström Forsberg Gustafsson Hedlund Isaksson Johansson "
        "Lindqvist Nyström Öberg Pettersson Sjöberg Åkesson Jørgensen/jorgensen Kjær/kjaer "
        "Virtanen Korhonen Mäkinen Visser Bakker Hansen Tamm",
    ),
    _pool(
        "en-NG",
        "nigeria, kenya, ghana, south africa, united kingdom",
        "Adaeze Babajide Chidi Damilola Ebele Folasade Ifeoma Jabari Kwame Lindiwe Makena Ngozi "
        "Oluwaseun Palesa Sipho Temitope Uche Wanjiru Yaw Zanele Amara Kofi Thandiwe Baraka",
        "Abiodun Achebe Adeyemi Boateng Chukwu Dlamini Eze Kamau Khumalo Mensah Mwangi Naidoo "
        "Ndlovu Njoroge Nkosi Nwosu Ochieng Odinga Okafor Okonkwo Osei Owusu Wambui Zulu",
    ),
    _pool(
        "tr-TR",
        "turkey, greece, israel, italy",
        "Ayşe Burak Ceren Deniz Elif Ferhat Gülşen Kaan Leyla Mehmet Nesrin Yiğit/yigit Eleni "
        "Giorgos Katerina Nikos Ariel Tamar Yael Chiara Giulia Lorenzo Matteo Alessandra",
        "Aydın/aydin Çelik Demir Erdoğan Kaya Öztürk Şahin Yıldız/yildiz Yılmaz/yilmaz Papadakis "  # noqa: RUF001
        "Georgiou Pappas Nikolaidis Cohen Mizrahi Friedman Bianchi Colombo Esposito Ferrari "
        "Marino Ricci Rossi Conti",
    ),
)
_SIZE = 24
COMBINATIONS = len(POOLS) * _SIZE * _SIZE


@functools.cache
def combination(number: int) -> Name:
    """Return the name of one of ``COMBINATIONS`` combinations of given and family name."""
    rest, pool = divmod(number, len(POOLS))
    first, last = divmod(rest, _SIZE)
    given, given_slug = _forms(POOLS[pool].given[first])
    family, family_slug = _forms(POOLS[pool].family[last])
    return Name(given, family, f"{given_slug}.{family_slug}", pool)


@functools.cache
def combinations_by_slug() -> dict[str, int]:
    """Return the number of each combination by its username."""
    return {combination(number).username: number for number in range(COMBINATIONS)}


def _forms(entry: str) -> tuple[str, str]:
    native, _, ascii_form = entry.partition("/")
    if not ascii_form:
        plain = unicodedata.normalize("NFKD", native).encode("ascii", "ignore").decode()
        ascii_form = "".join(
            letter for letter in plain.lower() if letter.isalpha() or letter == "-"
        )
    return native, ascii_form
