-- Sample conversations of a poultry-farming assistant: 50 in each of French, English, Spanish and Portuguese, and
-- 12 odd rows at the end, each with a comment saying what it shows. The people in them do not exist; the text was
-- written for this file and its figures are those of the publications in data/SOURCES.md. See docs/data.md.
--
--   psql -f data/schema.sql
--   psql -v ON_ERROR_STOP=1 -f data/sample/conversations.sql

BEGIN;

-- French

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('dea20d75-f972-4114-a3e8-a62614789803', $m$[
  {"role":"user","content":"forage, analyse : fer 1,2 mg/l, coliformes 15/100 ml, pH 7,9. les pipettes se bouchent. c'est grave ?"},
  {"role":"assistant","content":"À corriger, oui, et dans le bon ordre. Les références pour volailles tournent autour de 0,3 mg/l de fer ; à 1,2, il rouille, colmate les pipettes et nourrit le biofilm où se cachent vos coliformes, dont la cible est zéro. Première étape : déferrisation (oxydation puis filtration). Ensuite désinfection, avec 3 à 5 ppm de chlore libre en bout de ligne selon le guide Ross. À pH 7,9 le chlore travaille mal ; une acidification modérée, vers 6-6,5, lui rend son efficacité."},
  {"role":"user","content":"je peux mettre l'acide et le chlore dans le meme bac ?"},
  {"role":"assistant","content":"Surtout pas : mélanger chlore concentré et acide dégage un gaz toxique. Deux bacs, deux pompes, l'acide injecté en premier et le chlore plus loin dans la canalisation. Pendant le vide sanitaire, décapez les lignes avec un produit adapté, car désinfecter par-dessus un biofilm revient à peindre sur la rouille. Contrôlez le chlore libre et le pH en bout de ligne chaque semaine, prélevez à la source et en bout de ligne au moins deux fois par an, et coupez tout avant une vaccination dans l'eau."}
]$m$, 5, '2026-06-24T11:13:07Z', 'fr', 'u-0181');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('18026a47-a878-4734-ad77-5f5241acaabd', $m$[
  {"role":"user","content":"Picage arrache plumes + 3 mortes par cloaque piqué, pondeuses plein air 24 semaines, 6000 poules"},
  {"role":"assistant","content":"Le picage du cloaque à l'entrée en ponte part souvent d'un œuf trop gros pour une poule trop légère : la muqueuse reste sortie, elle brille, on la pique. Ce soir : retirez les victimes, baissez l'intensité dans les zones claires sans changer la durée du jour, supprimez les rayons de soleil au sol et assombrissez les nids. Demain : pesez, regardez le poids des œufs, et faites contrôler sodium, méthionine et finesse de l'aliment. Les trappes s'ouvrent-elles toute la journée ?"},
  {"role":"user","content":"non on ouvre a 14h, elles s'entassent avant. épointage fait a J5"},
  {"role":"assistant","content":"Ouvrez plus tôt si les œufs au sol sont maîtrisés : une poule occupée dehors ne plume pas sa voisine. À l'intérieur, mettez de la luzerne en balles ou suspendue, des blocs à piquer, du grain jeté dans la litière en fin de matinée, et changez ces objets avant qu'elles s'en lassent. L'épointage que vous avez fait avant dix jours reste dans le cadre européen, mais il ne fait que limiter les dégâts. Recherchez aussi poux rouges et vers : ils rendent les poules nerveuses."}
]$m$, 4.5, '2026-03-18T14:08:45Z', 'fr', 'u-0229');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('5c1c2351-c357-4ca6-befb-7ffa2041f959', $m$[
  {"role":"user","content":"invasion de ténébrions dans les murs isolés, entre 2 bandes. efficacité des traitements ?"},
  {"role":"assistant","content":"Moyenne si l'on s'y prend trop tard. Quand le bâtiment refroidit, les adultes montent dans l'isolant et le produit ne les atteint plus. Pulvérisez l'insecticide autorisé le soir même du départ des poulets, au bas des murs et sur les poteaux, puis sortez le fumier rapidement et éloignez-le du site. Un second passage avant le paillage touche ceux qui redescendent."},
  {"role":"user","content":"ils transmettent des maladies ?"},
  {"role":"assistant","content":"Oui, ils peuvent porter salmonelles, colibacilles, virus de Marek et de Gumboro ou œufs de ténias d'une bande à l'autre, et les poulets les mangent volontiers. Ils creusent aussi l'isolant, ce qui se voit sur la facture de gaz. Alternez les familles d'insecticides pour limiter les résistances, et rebouchez les galeries."}
]$m$, 3.5, '2026-01-31T10:14:49Z', 'fr', 'u-0235');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('70e4a874-34d1-4569-86df-502e79a8d15a', $m$[
  {"role":"user","content":"Reproducteurs chair 48 semaines, eclosion qui passe de 84 à 77 %. Mâles un peu gros. on spike ?"},
  {"role":"assistant","content":"Avant d'acheter des mâles, cassez les œufs clairs. Faites le mirage, puis ouvrez une centaine de non-éclos : s'ils sont vraiment infertiles, le coq est en cause ; si vous trouvez des mortalités précoces, regardez plutôt le stockage et le transport des œufs. À 48 semaines avec des mâles lourds, la baisse de fertilité est la piste naturelle, car ils n'arrivent plus à cocher. Quel est votre rapport mâles/femelles, et combien de jours gardez-vous les œufs ?"},
  {"role":"user","content":"7,5 % de males, œufs stockés 6-7 jours à 18. clairs = les 2/3"},
  {"role":"assistant","content":"Deux tiers d'infertiles, la cause est donc surtout chez les mâles. Retirez ceux qui ont le cloaque pâle et sec, la patte abîmée ou un bréchet trop plat ou trop rond, et vérifiez que les femelles leur sont inaccessibles côté mangeoire, et l'inverse. Le renouvellement partiel peut ensuite relancer la fertilité pour quelques semaines : mâles d'au moins 25 semaines, matures, bien en poids, issus d'un troupeau contrôlé pour salmonelles et mycoplasmes et passés en quarantaine. Gardez un suivi des agressions la première semaine."}
]$m$, 4, '2025-10-15T13:23:50Z', 'fr', 'u-0263');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('f5695a56-c061-4a3f-b29d-e770632d63af', $m$[
  {"role":"user","content":"gros poulets retrouvés morts sur le dos à 30 jours, bien gras, 2 ou 3 par jour sur 9 000. et certains ont le ventre plein d'eau"},
  {"role":"assistant","content":"Il y a là deux choses. Les beaux sujets morts sur le dos, ailes ouvertes, répondent à la mort subite, un trouble du rythme cardiaque qui frappe surtout les mâles à croissance rapide. Le ventre plein de liquide est une ascite : le cœur droit lâche parce que le poumon ne fournit plus. Deux à trois par jour sur 9 000 restent à un niveau de fond."},
  {"role":"user","content":"c'est la ventilation ?"},
  {"role":"assistant","content":"Pour l'ascite, elle compte beaucoup : froid, manque d'oxygène, gaz carbonique élevé au démarrage obligent le cœur à forcer, et l'effet se voit des semaines plus tard. Mesurez le CO2 pendant les dix premiers jours et restez sous 3 000 ppm. Pour la mort subite, un peu plus d'obscurité et une croissance plus douce au début aident. Vérifiez aussi le sel de l'aliment et de l'eau."}
]$m$, 3.9, '2026-07-30T04:58:17Z', 'fr', 'u-0145');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4b900a4b-c0d6-4ee9-932a-cd9c7b230fa7', $m$[
  {"role":"system","content":"Tu es l'assistant d'un service de conseil avicole. Réponds en français, de façon concrète, et renvoie vers un vétérinaire quand il le faut."},
  {"role":"user","content":"vaccination gumboro dans l'eau demain matin, 15 000 poulets. j'ai peur de rater. les points clés ??"},
  {"role":"assistant","content":"Voici l'ordre que je suivrais :\n\n1. couper chlore et tout désinfectant au moins 24 heures avant, et ne les remettre que le lendemain ;\n2. rincer les lignes, vérifier que le médicamenteur est propre ;\n3. assoiffer une à deux heures, moins s'il fait chaud ;\n4. préparer l'eau avec 2,5 g de poudre de lait écrémé par litre ou un stabilisateur du commerce, attendre quelques minutes, puis ouvrir les flacons sous l'eau ;\n5. calculer un volume bu en deux heures environ ;\n6. purger les lignes jusqu'au bout pour que le vaccin arrive partout, et marcher dans le bâtiment."},
  {"role":"user","content":"comment je vois s'ils ont tous bu ?"},
  {"role":"assistant","content":"Avec un colorant bleu prévu pour cet usage : une demi-heure à une heure après, prenez une centaine de poulets dans tous les coins et regardez langue et jabot. On espère plus de 90 % de langues bleues. Les non-colorés se trouvent souvent en bout de ligne ou contre les murs : c'est là qu'il faudra purger plus longtemps la prochaine fois. Si vous tombez très en dessous, prévenez votre vétérinaire, il jugera s'il faut refaire une prise."}
]$m$, 4.5, '2026-06-16T05:41:28Z', 'fr', 'u-0160');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('70245476-53f5-40e2-b0ac-635b513ee23a', $m$[
  {"role":"user","content":"colibacillose chez mes poulets 25 j, le véto a trouvé foie avec pellicule blanche et sacs d'air epais"},
  {"role":"assistant","content":"La pellicule blanche, ce sont des dépôts de fibrine : périhépatite et aérosacculite, tableau classique d'une infection à E. coli. La bactérie est rarement seule en cause ; elle profite d'un appareil respiratoire déjà irrité. Qu'avez-vous vu avant : réaction vaccinale bronchite un peu forte, ammoniac, poussière, eau douteuse ?"},
  {"role":"user","content":"ils toussaient depuis le rappel bronchite à 18 j. mortalité 0,4 % par jour"},
  {"role":"assistant","content":"Alors le fil est assez clair : réaction post-vaccinale, muqueuses abîmées, surinfection. À 0,4 % par jour, un traitement se discute. Le vétérinaire a dû envoyer des foies ou de la moelle pour antibiogramme ; en attendant, il peut prescrire un antibiotique de première intention. Respectez la dose au kilo et la durée, même si la mortalité chute le deuxième jour. Notez la date de fin : le temps d'attente part de la dernière gorgée, pas de la première."},
  {"role":"user","content":"il peut donner une fluoroquinolone ? un collegue dit que c'est radical"},
  {"role":"assistant","content":"En France, le décret du 16 mars 2016 range les fluoroquinolones parmi les antibiotiques critiques : le vétérinaire doit disposer d'un examen et d'un antibiogramme avant de les prescrire, sauf cas d'urgence encadrés. C'est une réserve à garder pour les situations où rien d'autre ne marche, y compris en médecine humaine. Attendez le résultat. Bien des souches restent sensibles à des molécules plus simples."},
  {"role":"user","content":"et pour le prochain lot"},
  {"role":"assistant","content":"Travaillez en amont de la bactérie. Vérifiez la technique du rappel bronchite (taille des gouttes, ventilation coupée juste le temps qu'elles retombent), le renouvellement d'air minimum entre 15 et 25 jours, la poussière et la qualité microbiologique de l'eau en bout de ligne. Demandez au couvoir l'âge des reproductrices et la mortalité à sept jours des autres clients. Et pesez l'intérêt réel de ce rappel avec votre vétérinaire : s'il n'y a pas de pression dans le secteur, on peut l'alléger."}
]$m$, 4.5, '2026-05-06T19:50:03Z', 'fr', 'u-0138');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('eb0e4cd1-0f8c-418d-8822-1254791ca299', $m$[
  {"role":"system","content":"Tu es l'assistant d'un service de conseil avicole. Réponds en français, de façon concrète, et renvoie vers un vétérinaire quand il le faut."},
  {"role":"user","content":"IC 1,72 à 37 j pour 2,4 kg en Ross 308, viabilité 95,5. je suis loin ?"},
  {"role":"assistant","content":"Assez loin du potentiel, oui. Les objectifs Ross 308 publiés en 2019 visent 1,53 pour un poulet de 2,5 kg dans de bonnes conditions ; personne n'est obligé de les atteindre, mais 19 points d'écart représentent environ 0,45 kg d'aliment par poulet. Avant de chercher loin, dites-moi : comment pesez-vous l'aliment restant en fin de lot, voyez-vous beaucoup de fines dans les assiettes, et quelle température aviez-vous après 21 jours ?"},
  {"role":"user","content":"reste en silo estimé a l'oeil.. beaucoup de fines oui. temp autour de 19-20 la dernière semaine, nuits froides"},
  {"role":"assistant","content":"Commencez par le silo : une erreur de 500 kg sur un petit lot fausse déjà l'indice. Ensuite les fines. Le poulet trie, gaspille et mange plus lentement ; prélevez un échantillon au silo et un autre dans l'assiette, l'écart vous dira si la vis casse le granulé ou si l'usine est en cause. Réglez aussi le bord des assiettes à hauteur du dos. Quant aux nuits à 19 °C, elles ne sont pas dramatiques à cinq semaines si les poulets sont secs et sans courant d'air ; regardez plutôt s'ils s'entassent à l'aube."},
  {"role":"user","content":"et l'indice de performance je le calcule comment deja"},
  {"role":"assistant","content":"Viabilité en % multipliée par le poids en kg, divisée par (âge × indice de consommation), le tout multiplié par 100. Pour vous : 95,5 × 2,4 ÷ (37 × 1,72) × 100, soit environ 360. Si vous rameniez l'indice à 1,62 sans rien changer d'autre, vous passeriez à 382. C'est un bon outil pour comparer vos lots entre eux, moins pour vous comparer à un voisin qui abat à un autre âge."}
]$m$, 5, '2026-02-09T20:14:46Z', 'fr', 'u-0109');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2a9fcae0-614b-4bb1-91f7-b05ec33101b0', $m$[
  {"role":"user","content":"lot de 22 000 poulets, 10 jours aujourd'hui, je suis a 3 % de mortalité cumulée. c'est trop non ?"},
  {"role":"assistant","content":"Oui, c'est au-dessus de ce qu'on attend. Dans une enquête ITAVI menée sur une cinquantaine de lots de poulet standard en Bretagne, la mortalité moyenne à dix jours était de 1,9 %. Avec 3 %, vous avez perdu environ 660 poussins, soit autour de 240 de plus que cette moyenne. Le chiffre cumulé ne dit pas tout : pouvez-vous me donner la mortalité jour par jour, et me dire si les morts étaient surtout des petits poussins ou des sujets bien développés ?"},
  {"role":"user","content":"j1 40, j2 55, j3 90, j4 150, j5 130, j6 70, j7 45, j8 30, j9 28, j10 22. surtout des petits, jabot vide"},
  {"role":"assistant","content":"La forme de la courbe est plutôt rassurante : un pic à J4-J5, puis une vraie décrue. Des petits au jabot vide qui meurent vers le quatrième jour, ce sont presque toujours des poussins qui n'ont pas démarré : ils n'ont ni bu ni mangé assez tôt et ont vécu sur leur sac vitellin. Trois pistes à vérifier :\n\n1. l'état à l'arrivée (poussins issus de jeunes reproductrices, longue route, pattes sèches) ;\n2. la température de la litière et de l'air le premier soir ;\n3. l'accès à l'eau : pression, hauteur des pipettes, temps que vous avez passé à les faire boire.\n\nHier, 22 morts représentent 0,1 % de l'effectif : vous êtes rentré dans les clous."},
  {"role":"user","content":"la litière etait a 25 au moment de la mise en place je crois, chauffage lancé la veille au soir"},
  {"role":"assistant","content":"Voilà une explication très plausible. La cible du guide Ross est une litière entre 28 et 30 °C et un air à 30 °C, stabilisés depuis au moins 24 heures. À 25 °C au sol, le poussin perd sa chaleur par les pattes et le ventre, se tasse et oublie de chercher l'eau. Pour le prochain lot, allumez plus tôt, mesurez la litière à plusieurs endroits avec un thermomètre infrarouge et contrôlez la température cloacale d'une vingtaine de poussins : 39,4 à 40,5 °C est la zone de confort."},
  {"role":"user","content":"et pour ce lot ci je fais quoi ? antibio ?"},
  {"role":"assistant","content":"Pas à l'aveugle. Si la mortalité reste à 0,1 % par jour et que les poulets sont vifs, un antibiotique n'apportera rien aux non-démarrés déjà morts. En revanche, gardez au frais les cadavres du matin et appelez votre vétérinaire pour une autopsie de cinq à dix sujets : un sac vitellin verdâtre et malodorant ou des dépôts de fibrine feraient penser à un colibacille, et là l'antibiogramme guiderait le choix. D'ici là, triez les chétifs, pesez cent poulets et surveillez le compteur d'eau."}
]$m$, 5, '2026-01-14T06:52:37Z', 'fr', 'u-0117');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('64619ba6-3486-4538-8757-3634693f4614', $m$[
  {"role":"user","content":"litiere croutee sous les pipettes seulement, le reste est ok. 24 jours"},
  {"role":"assistant","content":"Quand seul le dessous des lignes croûte, ce sont les lignes qui fuient ou qui sont mal réglées. Vérifiez la pression au régulateur, la hauteur (le poulet boit cou tendu, pattes à plat, il ne doit ni se baisser ni sauter), les joints usés et l'horizontalité. Purgez, et remplacez les pipettes qui gouttent. Retirez les croûtes aujourd'hui, remettez du copeau sec. Prenez une poignée du reste : si elle s'effrite en ouvrant la main, vous êtes autour des 20-25 % d'humidité souhaités."},
  {"role":"user","content":"sous les lignes ca fait une boule compacte, et j'ai quelques coussinets noirs"},
  {"role":"assistant","content":"Une boule qui tient signifie une litière trop humide, et les coussinets noirs en sont la suite directe : au-delà de 30-35 % d'eau, la peau du dessous de la patte se ramollit puis s'ulcère. Bonne nouvelle, les lésions légères régressent si le sol redevient sec en une à deux semaines. Notez dès maintenant cent pattes de 0 à 2, recommencez dans dix jours. Si la litière reste humide partout malgré des lignes réglées, regardez l'aliment (sel, potassium) et l'intestin."}
]$m$, 4, '2026-02-02T18:20:32Z', 'fr', 'u-0122');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('fa76ea70-9cde-41a0-944a-b911ce9b246f', $m$[
  {"role":"user","content":"Le matin ça pique les yeux quand j'ouvre la porte. 18 j, poulets, dehors -2. J'ai baissé la ventilation pour économiser le gaz"},
  {"role":"assistant","content":"Si vos yeux piquent, vous dépassez sûrement 20 ppm d'ammoniac, la limite européenne mesurée à hauteur de tête de poulet pour les élevages au-delà de 33 kg/m² ; le guide Ross conseille même de rester sous 10 ppm. L'économie de gaz se paie ensuite en litière collée, en pattes brûlées et en problèmes respiratoires. Remontez le renouvellement minimum par petites durées mais souvent, même la nuit, et chauffez en conséquence : l'air froid qui se réchauffe absorbe l'eau de la litière."},
  {"role":"user","content":"oui mais quand j'ouvre ça fait un froid sur les poulets pres des trappes"},
  {"role":"assistant","content":"C'est un défaut de circuit d'air, pas un excès de ventilation. L'air neuf doit entrer vite et haut, filer sous le plafond, se mélanger à l'air chaud, puis redescendre. S'il tombe aux pieds du mur, c'est que la dépression est trop faible ou que trop de trappes sont ouvertes. Ouvrez-en moins, mais régulièrement réparties, colmatez les fuites (portail, soubassements) et faites un test fumigène : la fumée doit atteindre le milieu du bâtiment avant de descendre."}
]$m$, 4.5, '2025-12-11T07:09:33Z', 'fr', 'u-0122');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('5a7c2eac-8ee8-428e-91b0-664a57b593de', $m$[
  {"role":"user","content":"c'est quoi la coccidiose ? ma voisine a perdu des poulettes de ça"},
  {"role":"assistant","content":"Une maladie de l'intestin due à de minuscules parasites, les coccidies, du genre Eimeria. La poule avale dans la litière ou sur le sol des œufs de parasite microscopiques (les oocystes), ceux-ci se multiplient dans la paroi de l'intestin, la détruisent, et ressortent par millions dans les fientes. Entre l'infection et les nouvelles fientes contaminées, il se passe de quatre à sept jours. Les jeunes, surtout entre trois et six semaines, sont les plus touchés : ils n'ont pas encore d'immunité. Vos poules vivent-elles sur le même terrain ?"},
  {"role":"user","content":"non, chacun son jardin mais on se prête le matériel. ça s'attrape aussi pour nous ou pour mon lapin ?"},
  {"role":"assistant","content":"Ni l'un ni l'autre : les Eimeria de la poule sont propres à la poule. Le lapin a ses propres coccidies, tout comme la dinde ou le canard. Le matériel prêté, par contre, est un bon moyen de transport : une pelle ou une mangeoire portant un peu de fiente séchée suffit. Lavez à l'eau très chaude, car la plupart des désinfectants ménagers ne font rien aux oocystes, laissez sécher au soleil, et changez de bottes quand vous revenez de chez elle."}
]$m$, 4.5, '2025-10-03T19:21:08Z', 'fr', 'u-0204');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a813898f-eb96-4418-9b8d-a42a9774fb1c', $m$[
  {"role":"system","content":"Tu es l'assistant d'un service de conseil avicole. Réponds en français, de façon concrète, et renvoie vers un vétérinaire quand il le faut."},
  {"role":"user","content":"protocole nettoyage desinfection entre 2 bandes poulet, bâtiment 1200 m² sol terre battue. dans quel ordre ?"},
  {"role":"assistant","content":"L'ordre fait la moitié du résultat :\n\n1. traitement insecticide dès le départ des poulets, tant que les ténébrions sont encore chauds dans la litière ;\n2. sortie du matériel et de tout le fumier, grattage, balayage ;\n3. trempage, puis détergent en mousse, du plafond vers le sol ;\n4. lavage haute pression et rinçage, jusqu'à eau claire ;\n5. vidange du circuit d'eau, détartrage, désinfection, rinçage ;\n6. séchage complet ;\n7. désinfectant homologué, à la dose et au temps de contact de l'étiquette ;\n8. vide sanitaire, bâtiment fermé, dix à quatorze jours en pratique."},
  {"role":"user","content":"le sol terre battue on le désinfecte comment? et faut il controler"},
  {"role":"assistant","content":"Un sol en terre ne se lave pas : raclez jusqu'au dur, exportez la poussière, réparez les trous et appliquez de la chaux vive ou un désinfectant compatible, avec lunettes, gants et masque pour la chaux. Laissez sécher avant de pailler. Pour le contrôle, commencez par vos yeux et un essuie-tout blanc passé sur les assiettes et les entrées d'air. Ensuite, faites poser quelques boîtes contact par le laboratoire, y compris au bas des murs et dans le sas, une fois par an ou après un épisode de maladie."}
]$m$, 5, '2025-12-03T12:16:58Z', 'fr', 'u-0122');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ce4e278e-6766-422d-ac92-09560406108b', $m$[
  {"role":"user","content":"Pondeuses 35 sem, éternuements, mousse dans l'œil, pas de mort, ponte -4 %. ça traîne depuis 15 j"},
  {"role":"assistant","content":"Quand une toux traîne deux semaines sans mortalité, je pense aux mycoplasmes, seuls ou avec un virus de type bronchite. Faites une sérologie sur une vingtaine de poules et, pour le mycoplasme, une PCR sur écouvillons trachéaux. Entre-temps, réduisez poussière et ammoniac, aérez plus tôt le matin."},
  {"role":"user","content":"si c'est du mycoplasme on peut s'en débarrasser ?"},
  {"role":"assistant","content":"Du troupeau présent, non : l'antibiotique calme les signes et réduit la transmission par l'œuf, mais les poules restent porteuses. On s'en débarrasse en vidant, nettoyant, et en repartant de poulettes issues de reproducteurs indemnes, en bande unique. Si plusieurs âges cohabitent sur le site, le microbe passera toujours aux nouvelles ; la vaccination des poulettes devient alors un choix raisonnable."}
]$m$, NULL, '2026-05-14T14:41:58Z', 'fr', 'u-0263');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d3541f1d-591d-43b0-a576-5d615452191f', $m$[
  {"role":"user","content":"dindes 9 semaines, fientes jaune soufre, 3 mortes, elles sont à côté des poules. histomonose?"},
  {"role":"assistant","content":"Fientes jaune soufre chez la dinde et poules à deux pas : l'histomonose est la première à vérifier. Le parasite voyage dans les œufs d'un petit ver du caecum, Heterakis, que la poule porte sans en souffrir. À l'autopsie, on cherche des caecums épais remplis de bouchons et des taches en cocarde sur le foie. Portez une morte du jour au vétérinaire, car salmonelle et coccidiose donnent aussi de la diarrhée. Sortez les dindes de ce terrain dès ce soir si vous avez un local."},
  {"role":"user","content":"c'est confirmé. on a quoi comme traitement ?"},
  {"role":"assistant","content":"Presque rien d'autorisé : le dernier additif préventif a été retiré en Europe au début des années 2000 et il n'existe pas de médicament pleinement satisfaisant. Votre vétérinaire peut envisager un usage exceptionnel dans le cadre de la cascade ; ne cherchez pas de produit sur internet, plusieurs sont interdits chez les animaux destinés à la consommation. Vermifugez dindes et poules pour casser le transport, changez de parcours, gardez un sol sec et séparez définitivement les deux espèces. Les œufs d'Heterakis restent infestants des années dans la terre."}
]$m$, 4.5, '2026-09-02T15:48:36Z', 'fr', 'u-0270');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2fdc16f2-8383-40a9-b674-26552c0e6198', $m$[
  {"role":"user","content":"Je suis agent d'élevage à Kaolack. Chaque année les poules de village meurent en masse avant la saison chaude, on dit que c'est le vent. Newcastle ?"},
  {"role":"assistant","content":"C'est bien l'hypothèse la plus probable : une mortalité brutale, qui revient chaque année en saison fraîche et sèche, frappe tous les âges et passe de concession en concession. Torticolis, diarrhée verte, œdème de la tête ou morts sans signe la renforcent. Faites confirmer au moins un foyer : envoyez au laboratoire, sous glace, deux ou trois cadavres frais ou des têtes. La vaccination est l'outil qui change tout en élevage villageois, à condition d'être faite avant la période à risque et répétée."},
  {"role":"user","content":"on a pas de chaine du froid fiable au village"},
  {"role":"assistant","content":"C'est pour cela qu'existent les vaccins thermotolérants, dont la souche I-2. D'après le manuel d'Alders et Spradbrow, on met une goutte dans l'œil de chaque oiseau, quel que soit son âge, et l'on recommence au moins tous les quatre mois. Thermotolérant ne veut pas dire indestructible : transportez les flacons à l'ombre dans un linge humide, et jetez le reste le soir. Formez deux vaccinateurs par village, faites payer une petite somme par poule et vaccinez tout le quartier le même jour, les poussins comme les coqs."}
]$m$, 4.5, '2026-04-11T15:19:33Z', 'fr', 'u-0202');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('b1ad7f24-726d-4991-95fe-b84d3ddd8254', $m$[
  {"role":"user","content":"je peux donner les restes de cuisine aux poules ? on me dit que c'est interdit"},
  {"role":"assistant","content":"Le règlement européen 1069/2009 interdit de nourrir les animaux d'élevage avec des déchets de cuisine et de table, et vos poules, qui pondent pour vous, y sont assimilées. L'interdiction vise surtout ce qui contient ou a touché de la viande, parce que des virus ont voyagé ainsi. Les épluchures et légumes venus directement du potager, qui ne passent pas par la cuisine, ne posent pas ce problème."},
  {"role":"user","content":"et le pain sec, les pommes de terre ?"},
  {"role":"assistant","content":"Le pain remplit et ne nourrit guère : une poule pondeuse mange environ 120 g d'aliment par jour, et chaque poignée de pain déplace autant de protéines et de calcium. Pomme de terre verte ou germée, avocat, sel et moisissures sont à bannir. Gardez pour base un aliment complet pondeuse, des coquilles d'huîtres à part, de l'herbe, et voyez les verdures comme une friandise donnée l'après-midi."}
]$m$, NULL, '2026-09-16T08:36:20Z', 'fr', 'u-0204');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d18e89c0-4807-49ec-8571-39a94aaa043d', $m$[
  {"role":"system","content":"Assistant avicole : réponses courtes et pratiques, sans diagnostic définitif à distance."},
  {"role":"user","content":"étudiante BTS PA, je dois comparer 33, 39 et 42 kg/m². D'où viennent ces trois chiffres ?"},
  {"role":"assistant","content":"De la directive 2007/43 sur les poulets de chair. 33 kg/m² est la densité de base. On peut monter à 39 si le bâtiment tient des critères d'ambiance documentés : ammoniac à 20 ppm et gaz carbonique à 3 000 ppm au plus à hauteur de tête, température intérieure dépassant au maximum de 3 °C celle du dehors quand il fait plus de 30 °C à l'ombre, humidité moyenne sous 70 % sur 48 heures quand il fait moins de 10 °C dehors. Le palier de 42 demande en plus des résultats de mortalité bas et des contrôles sans manquement."},
  {"role":"user","content":"bas comment ? ma prof a parlé d'une formule"},
  {"role":"assistant","content":"La formule est 1 % + 0,06 % multiplié par l'âge d'abattage en jours, à ne pas dépasser sur au moins sept lots consécutifs. Pour un abattage à 35 jours : 1 + 2,1 = 3,1 %. À 42 jours : 1 + 2,52 = 3,52 %. Dans votre dossier, discutez aussi l'envers du tableau : plus de kilos par mètre carré signifie plus de chaleur et d'eau à évacuer, donc une litière plus difficile à tenir. N'oubliez pas de citer la transposition française pour le cadre national."}
]$m$, 4.5, '2026-04-20T08:05:18Z', 'fr', 'u-0285');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('5841a943-e92a-4224-95be-11ccb4f64b59', $m$[
  {"role":"user","content":"œufs de mes poules : frigo ou pas, et je les lave ?"},
  {"role":"assistant","content":"Ne les lavez pas : l'eau enlève la cuticule, ce film qui bouche les pores, et fait entrer les bactéries. Une tache sèche se gratte, un œuf très sale se jette. Température : le mieux est un endroit frais et constant ; s'ils sont passés au frigo, qu'ils y restent, car la condensation au retour à la chaleur mouille la coquille. Marquez la date au crayon, ramassez chaque jour et changez la paille du nid : c'est là que se joue la propreté. À savoir, au Québec, les œufs du commerce sont lavés en poste de classement, d'où le frigo en magasin."}
]$m$, 4.5, '2026-06-10T19:05:42Z', 'fr', 'u-0188');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('37602337-1899-4616-bb64-c0e45d9f15d7', $m$[
  {"role":"user","content":"Faut il vermifuger des poules de jardin systématiquement 2 fois par an comme on lit partout ?"},
  {"role":"assistant","content":"Systématiquement, non ; je préfère regarder d'abord. Une coproscopie, quelques fientes fraîches mélangées et portées chez le vétérinaire, coûte peu et dit si vos poules portent des ascaris, des capillaires ou presque rien. Quand c'est nécessaire, le flubendazole dans l'eau (1,43 mg par kilo et par jour pendant sept jours) vise ces vers et son temps d'attente pour les œufs est nul. Sous-doser favorise les résistances, donc pesez au moins deux poules. Faire tourner les parcours réduit la pression : l'ascaris met cinq à huit semaines avant de pondre."},
  {"role":"user","content":"super merci, je ferai l'analyse au printemps alors"}
]$m$, 4, '2026-01-16T10:26:40Z', 'fr', 'u-0204');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e7051ef2-af05-4914-87a1-30b75b5b5c6e', $m$[
  {"role":"user","content":"je recois 15000 poussins vendredi 6h du matin, dehors 3 degrés. tu peux m'accompagner étape par étape ?"},
  {"role":"assistant","content":"Volontiers. Mercredi soir au plus tard : litière en place, chauffage lancé, entrées d'air testées. Les repères Ross sont un air à 30 °C à hauteur de poussin, une litière entre 28 et 30 °C et une humidité de 60 à 70 %, tenus au moins 24 heures avant l'arrivée. Mesurez le sol à une douzaine d'endroits, y compris les bouts. Rincez les lignes juste avant pour une eau fraîche. Dites-moi jeudi soir ce que vous lisez."},
  {"role":"user","content":"jeudi 20h : air 31, litiere 26 au milieu, 23 au fond pres du portail"},
  {"role":"assistant","content":"Le fond vous coûtera des poussins. Calfeutrez le portail (bâche, boudin au sol), ajoutez un chauffage d'appoint et brassez l'air sans créer de courant. Avec une dalle froide, il faut parfois une nuit entière pour gagner trois degrés. Si à 5 heures le fond reste sous 28 °C, ne déposez pas de poussins là : posez une cloison provisoire et concentrez-les dans la partie chaude, en gardant assez de mangeoires et d'eau par tête."},
  {"role":"user","content":"vendredi 10h, ils sont là depuis 4h. j'ai séparé le fond. comment savoir s'ils ont démarré ?"},
  {"role":"assistant","content":"Par le jabot. Prenez une trentaine de poussins à plusieurs endroits et palpez : un jabot souple et rond contient eau et aliment, un jabot dur de l'aliment sans eau, un jabot vide rien du tout. Après quatre heures, on espère 80 % de jabots pleins, et plus de 95 % à 24 heures. Écoutez-les aussi : un pépiement calme et une répartition régulière valent bien des capteurs. Prenez la température cloacale de quelques-uns au passage, entre 39,4 et 40,5 °C."},
  {"role":"user","content":"24 sur 30 pleins, 4 durs, 2 vides. cloaque 39,1 de moyenne"},
  {"role":"assistant","content":"24 sur 30, c'est exactement 80 % ; les quatre durs disent que l'eau n'est pas assez accessible, et 39,1 °C qu'ils ont un peu frais. Baissez la pression pour faire perler une goutte à chaque pipette, descendez les lignes à hauteur d'œil, ajoutez quelques abreuvoirs siphoïdes. Montez l'air d'un degré et revérifiez les cloaques dans deux heures. Gardez 23 heures de lumière vive, de 30 à 40 lux, durant ces premiers jours."},
  {"role":"user","content":"J7 : poids moyen 188 g, depart 43 g, mortalité 0,8 %. verdict ?"},
  {"role":"assistant","content":"Bon démarrage. Vous êtes à 4,4 fois le poids d'arrivée, quand on demande au moins quatre fois et que les meilleurs approchent cinq. Une mortalité de 0,8 % à sept jours, après une entrée sur sol froid, montre que la cloison et l'eau ont bien joué. Maintenant : rendez le fond progressivement, faites descendre la température (vers 25 °C à douze jours, 20 °C à quatre semaines environ, en suivant le comportement) et commencez la nuit noire. Notez dans votre cahier la durée réelle de préchauffage qu'il vous aurait fallu."}
]$m$, 5, '2026-03-11T05:55:44Z', 'fr', 'u-0160');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('de82057f-954c-45ca-8592-7171ebc9d97d', $m$[
  {"role":"user","content":"Poulets 28 jours qui boitent, certains assis sur les jarrets, 2 % environ. carence calcium ?"},
  {"role":"assistant","content":"La carence vient vite à l'esprit, mais à cet âge l'infection osseuse est plus fréquente. Tête de fémur friable qui se décolle à l'autopsie : nécrose bactérienne, souvent à staphylocoque, colibacille ou entérocoque. Poulet assis, pattes en avant, avec une lésion de la vertèbre : Enterococcus cecorum. Cartilage épais en haut du tibia : dyschondroplasie, plus liée à la croissance et à l'équilibre calcium-phosphore. Faites ouvrir cinq boiteux euthanasiés, pas des morts de la veille. Croissance très rapide la première quinzaine ?"},
  {"role":"user","content":"oui ils sont à 8 % au dessus du standard. on est en 23h de lumiere"},
  {"role":"assistant","content":"Voilà un levier immédiat. Au-delà de la première semaine, la directive européenne 2007/43 impose six heures d'obscurité par jour, dont quatre d'affilée : cela freine un peu la croissance précoce et laisse aux os le temps de se faire. Descendez par étapes. Retirez et abattez sans souffrance ceux qui n'accèdent plus à l'eau, baissez des abreuvoirs d'appoint pour les boiteux légers, et faites doser calcium, phosphore et vitamine D3 si l'autopsie oriente vers le squelette."}
]$m$, 4, '2025-09-30T20:33:38Z', 'fr', 'u-0221');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('139cbcf3-01eb-43e0-926f-67482f36446a', $m$[
  {"role":"user","content":"je veux savoir si je gagne de l'argent, 200 poulets à Mbour"},
  {"role":"assistant","content":"Allons-y avec vos chiffres. Il me faut : prix du poussin, prix du sac d'aliment et son poids, poids moyen à la vente, nombre vendu, quantité d'aliment consommée, et les autres frais (vaccins, charbon, litière, transport). Donnez ce que vous avez payé réellement, pas une estimation : c'est souvent là que le calcul se trompe."},
  {"role":"user","content":"poussin 650 F, sac 50 kg 18 500 F, j'ai vendu 190 à 1,9 kg, 13 sacs, autres frais 30 000 F. vendu 2500 F pièce"},
  {"role":"assistant","content":"Faisons l'addition :\n\n- poussins : 200 × 650 = 130 000 F ;\n- aliment : 13 × 18 500 = 240 500 F ;\n- autres frais : 30 000 F ;\n- total : 400 500 F, soit environ 2 108 F par poulet vendu.\n\nRecette : 190 × 2 500 = 475 000 F. Il vous reste 74 500 F, à peu près 392 F par poulet, avant de payer votre temps et l'usure du matériel. L'aliment pèse 60 % du coût, ce qui est classique."},
  {"role":"user","content":"ah c'est moins que ce que je pensais.. mon IC est bon?"},
  {"role":"assistant","content":"13 sacs font 650 kg, et vous avez vendu 361 kg de poulet vif : l'indice est donc de 1,80 en tenant les morts à votre charge. Pour un petit élevage en climat chaud, c'est honnête, avec de la marge. Chaque dixième gagné vous économiserait environ 36 kg d'aliment, soit 13 400 F sur le lot. Où voyez-vous du gaspillage ? Mangeoires trop pleines, trop basses, sacs percés, rats ?"},
  {"role":"user","content":"mangeoires pleines a ras bord le matin oui, et des rats"},
  {"role":"assistant","content":"Remplissez-les au tiers, deux ou trois fois par jour, le bord à hauteur du dos des poulets ; vous verrez la différence dans la litière dès la première semaine. Contre les rats : sacs sur palette loin du mur, couvercles, grillage fin, nasses, plus d'herbes hautes autour. N'épandez pas de poison à portée des volailles ni des enfants. Les rats apportent aussi des salmonelles, donc ce travail compte double."},
  {"role":"user","content":"et si je monte à 400 la prochaine fois ?"},
  {"role":"assistant","content":"Pas avant d'avoir rejoué ce calcul sur deux lots d'affilée. Doubler l'effectif double aussi la chaleur à évacuer, l'argent immobilisé et les clients à trouver la même semaine. Demandez-vous si la surface suit, si vous pouvez supporter la perte de la moitié du lot, et qui achète 380 poulets en dix jours. Une étape plus sûre : deux petites bandes décalées dans deux locaux séparés, chacune entièrement vidée et nettoyée avant la suivante."}
]$m$, 5, '2026-07-21T16:02:35Z', 'fr', 'u-0241');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('017f077d-e37c-41af-ae2f-0abd40dc5776', $m$[
  {"role":"user","content":"Entérite nécrotique confirmée 2 lots de suite vers 23-24 j. L'aliment est à base de blé. J'en ai marre de traiter"},
  {"role":"assistant","content":"Deux lots au même âge, c'est une invitation à chercher ce qui précède la bactérie. Clostridium perfringens vit dans l'intestin de presque tous les poulets ; il faut un terrain pour qu'il produise ses toxines, entre deux et cinq semaines le plus souvent. Le premier facteur est la coccidiose, même discrète : faites noter des lésions sur cinq poulets vers 21 jours. Le second est l'aliment : blé visqueux sans enzyme adaptée, farine de poisson, excès de protéines mal digérées, changement brutal de formule. Quel programme anticoccidien utilisez-vous ?"},
  {"role":"user","content":"un ionophore en continu depuis 2 ans, le même"},
  {"role":"assistant","content":"Deux ans avec le même produit, voilà un suspect sérieux. Les coccidies s'habituent, les lésions montent doucement et Clostridium trouve sa porte. Étudiez avec le vétérinaire et le fabricant une rotation, une navette ou le passage à la vaccination sur quelques lots. Côté formule : enzyme contre les polysaccharides du blé, transition progressive vers la croissance, protéines plus digestibles. Curez entièrement la litière avant la remise en place ; les spores y tiennent très bien."}
]$m$, 4.5, '2026-08-05T07:44:26Z', 'fr', 'u-0160');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d8aac36e-0039-4afb-834d-92169afe0b4a', $m$[
  {"role":"user","content":"38 degrés a thies cet apres midi, poulets de 33 jours qui halètent bec ouvert, 4 morts déjà. urgent"},
  {"role":"assistant","content":"Tout de suite, dans cet ordre :\n\n1. eau fraîche partout, videz et rincez les abreuvoirs chauds ;\n2. ouvrez les bâches des deux côtés et mettez en marche tout ventilateur pour souffler sur les oiseaux ;\n3. relevez les mangeoires jusqu'à la tombée de la chaleur, car digérer produit de la chaleur ;\n4. marchez doucement parmi eux pour qu'ils se lèvent et laissent échapper l'air chaud coincé sous le corps ;\n5. arrosez le toit, pas la litière.\n\nRetirez les morts au fur et à mesure. Avez-vous un brumisateur, et l'air est-il sec ou lourd ?"},
  {"role":"user","content":"pas de brumisateur. air sec. j'ai un pulvérisateur à dos"},
  {"role":"assistant","content":"Avec un air sec, le pulvérisateur rend service : une brume fine sur les oiseaux, par passages courts, toujours avec de l'air qui bouge. Sans mouvement d'air vous ne feriez que monter l'humidité, et le poulet qui halète ne pourrait plus évaporer. Arrêtez si la litière se mouille. Redonnez l'aliment au coucher du soleil et laissez-les manger la nuit."},
  {"role":"user","content":"ils vont mieux, 11 morts au total. comment eviter ça demain ?"},
  {"role":"assistant","content":"Bonne nouvelle. Demain, retirez l'aliment quatre à six heures avant le pic de chaleur, donc en milieu de matinée au plus tard, et distribuez tôt et tard. Prévoyez beaucoup d'eau : selon le guide Ross, la consommation monte d'environ 6,5 % par degré au-dessus de 21 °C. Sur la durée, le vrai levier est la densité ; le même guide demande de ne pas dépasser 16 à 18 kg/m² à la saison la plus chaude en bâtiment ouvert peu équipé. Ombre, débord de toit et orientation est-ouest feront le reste."}
]$m$, 5, '2026-04-27T12:48:19Z', 'fr', 'u-0131');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3a49a3e8-a25e-4372-a9fe-da1fee863d8c', $m$[
  {"role":"user","content":"j'ai des petites bêtes rouges la nuit dans le poulailler, 5 poules, elles veulent plus rentrer dormir"},
  {"role":"assistant","content":"Ce sont des poux rouges, qui sont en réalité des acariens : ils passent la journée dans les fentes et sucent le sang la nuit. À la belle saison, une génération dure à peine une semaine à dix jours, donc un seul nettoyage ne suffit jamais. Videz tout, grattez, passez le nettoyeur vapeur dans les joints et sous les perchoirs, brûlez la litière, puis recommencez deux fois à une semaine d'intervalle. La silice ou la terre de diatomées dans les fissures aide, avec un masque pour vous. Crêtes pâles chez les poules ?"},
  {"role":"user","content":"oui une est très pale et elle pond plus. il existe un médoc ?"},
  {"role":"assistant","content":"Oui. Le fluralaner, sur ordonnance, se donne dans l'eau : 0,5 mg par kilo, deux fois à sept jours d'écart, avec un temps d'attente nul pour les œufs et de 14 jours pour la viande. Pour cinq poules, demandez au vétérinaire de préparer la dose, le flacon étant prévu pour de grands troupeaux. Faites examiner la poule pâle, l'anémie peut la tuer. Et gardez en tête que le pou rouge survit des mois sans manger dans un poulailler vide : traiter les poules sans traiter le bois ne règle rien."}
]$m$, 4.5, '2026-07-08T21:17:05Z', 'fr', 'u-0167');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('7d5b246c-a311-4b46-9ef5-6f4238c7a0c4', $m$[
  {"role":"user","content":"couveuse 40 œufs, seulement 9 poussins éclos, les autres morts en coquille tout formés. pourquoi ?"},
  {"role":"assistant","content":"La couvaison des œufs de poule dure vingt et un jours. Il faut une bonne température et une bonne humidité, et retourner les œufs. La poule couve naturellement au printemps."},
  {"role":"user","content":"je sais tout ça, je demande pourquoi ils meurent à la fin"},
  {"role":"assistant","content":"Plusieurs facteurs peuvent l'expliquer, chaque couveuse est différente. Lisez le mode d'emploi de la vôtre."}
]$m$, 1.5, '2026-02-27T22:18:31Z', 'fr', 'u-0213');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a597a2c9-226d-4b6e-a92c-03bf3b3b4b22', $m$[
  {"role":"system","content":"Assistant avicole : réponses courtes et pratiques, sans diagnostic définitif à distance."},
  {"role":"user","content":"Poule soie de 4 mois, une patte devant une patte derrière, mange bien. Marek ? Que faire des 3 autres ?"},
  {"role":"assistant","content":"Le grand écart avec une patte en avant et l'autre en arrière évoque fortement Marek, sans le prouver : une blessure, une carence en riboflavine ou un botulisme peuvent y ressembler. Il n'existe aucun traitement. Gardez-la au calme avec eau et nourriture à portée ; si elle maigrit ou ne se relève plus, l'euthanasie par le vétérinaire est la voie humaine, et une autopsie tranchera. Les trois autres ont déjà respiré les poussières de plumes, où le virus tient des mois ; elles peuvent rester saines. N'introduisez plus que des poussins vaccinés au premier jour, au couvoir."}
]$m$, 4, '2026-03-30T13:55:09Z', 'fr', 'u-0194');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('31f97a8f-7751-4489-8d44-76e6b452162a', $m$[
  {"role":"user","content":"coquilles fragiles, lohmann brown 68 semaines, 5 % de cassés et fêlés. aliment à 3,8 % de calcium"},
  {"role":"assistant","content":"À cet âge l'œuf grossit et la coquille, elle, ne suit pas. Regardez ce que la poule avale et non ce que dit l'étiquette : une pondeuse a besoin d'environ 4 g de calcium par jour au pic et jusqu'à près de 5 g en fin de ponte. Combien mangent-elles par jour ?"},
  {"role":"user","content":"112 g"},
  {"role":"assistant","content":"112 g à 3,8 %, cela fait 4,25 g : un peu juste à 68 semaines. Demandez à votre fabricant de monter le taux et surtout de changer la forme. Les grosses particules de calcaire, de 2 à 4 mm, restent dans le gésier et libèrent le calcium la nuit, quand la coquille se dépose ; en fin de ponte, elles devraient former la majeure partie du calcaire. Distribuez un bon repas en fin d'après-midi et vérifiez que le calcaire ne se dépose pas au fond de la chaîne."},
  {"role":"user","content":"on a eu aussi une grosse chaleur la semaine dernière, lien ?"},
  {"role":"assistant","content":"Certainement. Une poule qui halète perd du gaz carbonique et, avec lui, le bicarbonate dont elle fabrique sa coquille ; elle mange moins par-dessus le marché. Laissez passer quelques jours au frais avant de conclure. Si les coquilles restent blanches, rugueuses ou déformées, faites rechercher la bronchite infectieuse, et comptez aussi les fêlures avant et après le convoyeur : une bonne partie de la casse vient parfois d'un simple transfert mal réglé."}
]$m$, 4.5, '2026-07-06T08:12:58Z', 'fr', 'u-0109');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('038f5c55-9bd3-457a-8191-be3006fae1fc', $m$[
  {"role":"user","content":"pesée poulettes 10 sem : combien j'en pese et comment je calcule l'homogénéité"},
  {"role":"assistant","content":"Pesez une centaine de poulettes, individuellement, prises à trois ou quatre endroits du bâtiment, en pesant toutes celles que vous avez encerclées pour ne pas choisir. Faites-le chaque semaine, le même jour et à la même heure. L'homogénéité est la part des oiseaux compris entre 90 et 110 % du poids moyen. Exemple : moyenne de 850 g, fourchette de 765 à 935 g ; si 82 poulettes sur 100 y tombent, vous êtes à 82 %. Au-dessus de 80 %, c'est bien, et 85 % à l'approche de la ponte est un bel objectif."},
  {"role":"user","content":"j'ai 71 %. je trie ?"},
  {"role":"assistant","content":"Cherchez avant de trier : longueur de mangeoire, vitesse de la chaîne, distribution qui profite aux dominantes, densité, stress du débecquage ou d'un vaccin, coccidies. Si la structure le permet, un tri en deux groupes, petites et grandes, aide beaucoup à dix semaines : les petites reçoivent un peu plus et gardent l'aliment riche plus longtemps. À quinze semaines, il est presque trop tard. Repesez chaque groupe séparément et tracez deux courbes."}
]$m$, 4, '2026-01-19T09:31:27Z', 'fr', 'u-0181');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a0600742-a72f-4152-b960-c685f03a20e8', $m$[
  {"role":"user","content":"croutes noires sur la crete et autour des yeux de 8 poulets, c'est la variole ?"},
  {"role":"assistant","content":"Peut-être. Il existe plusieurs maladies qui donnent des croûtes."},
  {"role":"user","content":"et je fais quoi ?"},
  {"role":"assistant","content":"Consultez un vétérinaire."}
]$m$, 2, '2025-10-09T16:27:14Z', 'fr', 'u-0278');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('340b3bd4-30f8-4b3a-a230-91b33a02e7d3', $m$[
  {"role":"user","content":"Salmonelles en pondeuses plein air 3 000 poules : quels prélèvements et quand ? je démarre"},
  {"role":"assistant","content":"Le socle européen (règlement 517/2011) prévoit un premier prélèvement entre 22 et 26 semaines d'âge, puis un contrôle au moins toutes les quinze semaines durant la ponte, sur fientes ou pédichiffonnettes. En élevage de poulettes, on contrôle les poussins d'un jour et de nouveau deux semaines avant le transfert. La réglementation française ajoute ses propres modalités et votre vétérinaire sanitaire établit le calendrier avec vous. À qui achetez-vous les poulettes ? Réclamez leurs résultats avant le transfert."},
  {"role":"user","content":"et si c'est positif ?"},
  {"role":"assistant","content":"Si Enteritidis ou Typhimurium est suspecté, la DDPP place l'élevage sous surveillance et refait des prélèvements officiels. En cas de confirmation, les œufs ne peuvent plus partir en consommation directe comme œufs de catégorie A : ils vont à l'industrie, après un traitement qui détruit la bactérie, ou sont détruits. Le troupeau est généralement éliminé, puis viennent nettoyage, désinfection et contrôle des surfaces. Des aides existent sous conditions, dont la tenue des documents : gardez tous vos bulletins d'analyse et votre plan de lutte contre les rongeurs."}
]$m$, 4, '2026-06-03T09:38:14Z', 'fr', 'u-0213');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('fb9ef3a2-ae81-48a6-a27f-af2c31ab7991', $m$[
  {"role":"user","content":"premiers pintadeaux, 150. tout le monde me dit qu'ils meurent étouffés. temperature et conseils ?"},
  {"role":"assistant","content":"La pintade a peur de tout et s'entasse dans les angles, c'est de là que vient sa réputation. Élevez-la dans un cercle de démarrage sans coin, avec une veilleuse la nuit et pas de visites brusques. Côté chaleur, partez du haut de la fourchette recommandée pour les poussins, 32 à 35 °C sous la source la première semaine, puis baissez d'environ 3 °C par semaine selon leur répartition. Abreuvoirs peu profonds avec des cailloux : elles se noient facilement. Litière non glissante, sinon les pattes s'écartent."},
  {"role":"user","content":"l'aliment poussin avec anticoccidien ca va ?"},
  {"role":"assistant","content":"Lisez l'étiquette avant de l'ouvrir. Certains anticoccidiens ionophores bien tolérés par le poulet, comme la salinomycine et la narasine, sont toxiques pour la dinde, et pour la pintade il faut un produit expressément autorisé pour elle. Demandez un aliment démarrage pintade ou dindonneau, plus riche en protéines que celui du poussin. Gardez aussi vos pintadeaux loin du terrain des poules et des dindes : leurs jeunes craignent l'histomonose et font des entérites brutales."}
]$m$, 4, '2026-08-13T07:20:53Z', 'fr', 'u-0270');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('154bc36c-791d-40d2-a250-e0e979fbdb89', $m$[
  {"role":"user","content":"canards de barbarie 1 800 têtes dans les Landes, vaccin influenza : obligatoire pour moi ?"},
  {"role":"assistant","content":"Depuis le 1er octobre 2023, la France impose la vaccination contre l'influenza hautement pathogène dans les élevages de plus de 250 canards, hors reproducteurs selon les cas ; avec 1 800 têtes destinées à la production, vous êtes concerné. Deux points ne sont pas à négliger : le vaccin n'empêche ni la biosécurité ni la surveillance après vaccination (écouvillons, visites), et les mouvements d'animaux vaccinés obéissent à des règles. Le calendrier d'injections et la part prise en charge changent d'une campagne à l'autre, voyez la DDPP ou votre vétérinaire sanitaire."},
  {"role":"user","content":"merci je l'appelle, et j'imagine que le bâtiment des poules à côté n'est pas concerné"}
]$m$, 4, '2025-12-18T18:09:05Z', 'fr', 'u-0278');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('7f8788df-0393-4091-9708-870a29e08048', $m$[
  {"role":"user","content":"oeufs décolorés et difformes, blanc comme de l'eau, ponte passée de 91 à 78 en une semaine. Elles toussent à peine"},
  {"role":"assistant","content":"Ce trio (chute, coquilles pâles et déformées, albumen liquide) est très évocateur de la bronchite infectieuse, même quand la toux est discrète. Demandez des écouvillons trachéaux et cloacaux pour PCR cette semaine, et une sérologie maintenant puis trois semaines plus tard. Une chute pareille oblige aussi à écarter Newcastle et influenza, donc prévenez le vétérinaire sans attendre. Il n'y a pas de remède contre le virus : soignez l'ambiance, l'eau, l'appétit. La ponte remonte en quelques semaines, rarement tout à fait au niveau d'avant."},
  {"role":"user","content":"ok véto prévenu ce matin, il passe à 14h"}
]$m$, 4, '2026-08-20T06:25:50Z', 'fr', 'u-0145');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('f7ae4773-e466-4d56-ad5d-d8e8a9ebc7c7', $m$[
  {"role":"user","content":"a quel prix vendre mes œufs bio en vente directe ? 300 poules"},
  {"role":"assistant","content":"Les œufs sont un aliment riche en protéines et appréciés des consommateurs. Le prix varie beaucoup selon les régions et les circuits."},
  {"role":"user","content":"d'accord mais comment je calcule un prix plancher ?"},
  {"role":"assistant","content":"Regardez ce que font les autres producteurs du marché et alignez-vous."}
]$m$, 3, '2026-08-29T12:52:06Z', 'fr', 'u-0248');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('506c33b2-00ad-4e98-aefd-a34c6598269b', $m$[
  {"role":"user","content":"Quelle vitesse d'air max au niveau des poussins ? mon technicien dit 0,15 mon voisin dit 0,3"},
  {"role":"assistant","content":"Les deux chiffres existent. Le guide Ross demande de rester sous 0,15 m/s au sol durant les deux premières semaines ; celui de Cobb accepte jusqu'à 0,3 m/s sur la même période. Un poussin en duvet ressent l'air comme un refroidissement de plusieurs degrés, alors visez le plus bas tant qu'ils n'ont pas de plumes. Cobb monte ensuite par paliers : 0,5 m/s à la troisième semaine, un peu moins de 0,9 à la quatrième, puis 1,75 à 3 m/s pour rafraîchir les grands poulets."},
  {"role":"user","content":"et ca se mesure avec quoi"},
  {"role":"assistant","content":"Un anémomètre à fil chaud, seul assez sensible en dessous de 0,5 m/s ; les modèles à hélice ne démarrent même pas à ces vitesses. Tenez la sonde à dix centimètres du sol, à une dizaine d'endroits, portes fermées et ventilation en régime normal. À défaut, un bâton d'encens ou une fumette montre très bien les courants d'air près des portails et des trappes. Les oiseaux parlent aussi : un couloir vide le long d'un mur, c'est un courant d'air."}
]$m$, 4, '2026-03-05T16:33:51Z', 'fr', 'u-0138');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('82bbe9ed-7951-498b-9e16-88b2ccf95b3e', $m$[
  {"role":"user","content":"sang dans les fientes chez des poulettes de 6 semaines, 4 mortes sur 60, elles sont en boule"},
  {"role":"assistant","content":"Du sang, des poulettes en boule, six semaines : la coccidiose caecale (Eimeria tenella) est en tête de liste, et elle va vite. Faites confirmer aujourd'hui si possible : autopsie d'une morte fraîche par le vétérinaire, qui trouvera des caecums gonflés de sang, ou une coproscopie. En attendant, mettez de la litière sèche, isolez les plus faibles au chaud et assurez-vous que toutes boivent. Sont-elles à un aliment avec anticoccidien ou vaccinées ?"},
  {"role":"user","content":"aliment bio sans rien, pas vaccinées. le veto propose amprolium, comment ça se donne"},
  {"role":"assistant","content":"Dans l'eau de boisson, à raison de 20 mg d'amprolium par kilo de poids vif et par jour pendant cinq à sept jours, d'après la notice européenne. Le calcul part du poids total : 56 poulettes de 500 g font 28 kg, donc 560 mg d'amprolium par jour, dilués dans ce qu'elles ont bu la veille. C'est la seule eau disponible, renouvelée chaque jour. Évitez la vitamine B1 en même temps, car l'amprolium agit précisément en prenant leur place."},
  {"role":"user","content":"elles pondront dans 3 mois, ça pose probleme pour les œufs ?"},
  {"role":"assistant","content":"Non pour l'amprolium : les notices de l'Union européenne fixent un temps d'attente nul pour la viande comme pour les œufs. Ce n'est pas le cas du toltrazuril, dont les résidus persistent très longtemps dans l'œuf et qui est proscrit chez les pondeuses et à l'approche de la ponte. En bio, parlez-en à votre organisme certificateur et notez le traitement dans le registre. Ensuite, curez et refaites la litière : le traitement soigne les oiseaux, pas le sol."}
]$m$, 5, '2026-05-19T18:02:24Z', 'fr', 'u-0145');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('52b6829b-2f68-4b85-8dc7-ffea71c4f4b7', $m$[
  {"role":"user","content":"mes poules pondent plus depuis octobre et perdent leurs plumes, je suis à Rimouski. malades ?"},
  {"role":"assistant","content":"Probablement en mue, ce qui est normal à l'automne chez des poules de plus d'un an. Les jours raccourcissent, elles arrêtent de pondre, refont leur plumage, et l'ensemble dure souvent de deux à quatre mois. Ce qui doit vous rassurer : elles mangent, se déplacent et leur peau est saine, avec des tuyaux de plumes qui repoussent. Ce qui doit vous inquiéter : croûtes, amaigrissement, diarrhée ou parasites à la base des plumes. Donnez-leur un aliment plus riche en protéines le temps de la repousse."},
  {"role":"user","content":"je peux mettre une lumiere pour les faire pondre l'hiver ? et le froid -25 ?"},
  {"role":"assistant","content":"Pour la lumière, attendez la fin de la mue, puis complétez le matin pour arriver à 14 ou 15 heures de clarté avec une minuterie ; une ampoule faible suffit. Beaucoup de gens préfèrent les laisser se reposer jusqu'en février. Pour le froid, une race rustique bien emplumée passe l'hiver québécois dans un abri isolé et sec, sans courant d'air sur le perchoir mais aéré par le haut. C'est surtout l'humidité qui fait geler les crêtes ; les grandes crêtes simples craignent le plus. Abreuvoir chauffant, litière profonde, et pas de lampe chauffante suspendue au-dessus de la paille : les incendies commencent comme ça."}
]$m$, 4.5, '2025-11-06T22:04:17Z', 'fr', 'u-0188');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3d3ebdfc-b86c-4b08-8ec2-c10f9303c017', $m$[
  {"role":"user","content":"programme lumineux poulettes brunes en bâtiment obscur svp, arrivée lundi"},
  {"role":"assistant","content":"Voici l'esprit des guides Hy-Line : 20 à 22 heures de lumière vive (autour de 30 lux) la première semaine, puis une baisse chaque semaine pour arriver à 9-10 heures vers dix semaines. On reste ensuite sur ce palier court. La stimulation ne part pas sur une date mais sur un poids : quand le lot atteint l'objectif de la souche avec une bonne homogénéité, on ajoute une heure, puis un quart d'heure à une demi-heure par semaine, jusqu'à 16 heures. Jamais de baisse de durée ni d'intensité pendant la ponte."},
  {"role":"user","content":"et si a 17 sem elles sont pas au poids ?"},
  {"role":"assistant","content":"Attendez. Une poulette légère qu'on stimule pond de petits œufs, plafonne tôt et risque le prolapsus. Repoussez d'une à deux semaines, fractionnez les repas pour relancer l'appétit, gardez l'aliment poulette plutôt que de passer à la ponte, et pesez de nouveau cent sujets. Cherchez aussi la cause : vaccination qui a coupé l'appétit, coccidiose passée inaperçue, densité aux mangeoires, chaleur."}
]$m$, 4.5, '2026-01-28T11:30:41Z', 'fr', 'u-0181');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('992260dd-099b-43c8-bbde-5ecf14f142f1', $m$[
  {"role":"user","content":"Bonjour je suis à Rufisque, je reçois 500 poulettes ISA d'un jour le mois prochain. Quel programme de vaccination vous conseillez ?"},
  {"role":"assistant","content":"Voici une trame courante pour des pondeuses en zone où la Newcastle circule ; faites-la valider par votre vétérinaire, qui connaît les souches et les vaccins autorisés au Sénégal :\n\n- 1er jour, au couvoir : Marek, et si possible Newcastle + bronchite ;\n- vers 2 à 4 semaines : Gumboro (une ou deux prises), rappel Newcastle/bronchite ;\n- 6 à 8 semaines : Newcastle, vivant ou huileux injectable ;\n- 8 à 12 semaines : variole, au pli de l'aile ;\n- 15 à 17 semaines : vaccin huileux injectable Newcastle-bronchite avant la ponte.\n\nDemandez au couvoir un certificat de ce qui a déjà été fait."},
  {"role":"user","content":"pourquoi l'injectable ? le vivant dans l'eau coute moins cher"},
  {"role":"assistant","content":"Parce qu'une étude menée chez des pondeuses au Sénégal (Cardinale et collègues, 1999) a montré que les programmes ne comportant pratiquement que des vaccins vivants protégeaient moins bien que ceux qui incluent un vaccin inactivé huileux. Les auteurs pensent surtout à la technique : eau chlorée, chaîne du froid rompue, dose mal répartie. Avec l'huileux, chaque poule reçoit sa dose, et la protection d'avant ponte dure nettement plus longtemps ; une sérologie à mi-carrière dira s'il faut la rappeler. Le vivant reste utile en début de vie pour amorcer la réponse."},
  {"role":"user","content":"ok et comment je sais que ça a marché"},
  {"role":"assistant","content":"Par une prise de sang sur une vingtaine de poulettes, trois à quatre semaines après l'injection : le laboratoire (ISRA ou EISMV à Dakar) dose les anticorps et vous donne la moyenne et la dispersion. Des titres élevés et groupés signifient que toutes ont été touchées ; des titres éparpillés trahissent des poules oubliées. Pour la variole, pas besoin de labo : regardez l'aile sept à dix jours plus tard, une petite croûte ou un gonflement doit apparaître au point de piqûre. Notez date, numéro de lot et nom du vaccin dans votre cahier."}
]$m$, 5, '2025-11-18T14:37:52Z', 'fr', 'u-0131');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('df14a8d2-6310-49fb-9ec3-09e618482902', $m$[
  {"role":"user","content":"Gumboro : a quel age on vaccine un poulet standard ? le couvoir dit vaccin fait in ovo, mon ancien technicien dit 18j dans l'eau"},
  {"role":"assistant","content":"Ils parlent de deux stratégies différentes. Au couvoir, on utilise un vaccin vectorisé ou un complexe immun, qui s'accommode des anticorps transmis par la mère ; il n'y a alors en principe rien à ajouter en élevage. Dans l'eau, on emploie un vaccin vivant classique, et l'âge compte beaucoup : trop tôt, les anticorps maternels le neutralisent ; trop tard, le virus sauvage passe avant. Demandez au couvoir le type exact inscrit sur le bon de livraison."},
  {"role":"user","content":"si un jour je dois le faire en eau comment on calcule la date"},
  {"role":"assistant","content":"Le laboratoire prélève une vingtaine de poussins dans les premiers jours, dose leurs anticorps et applique la formule de Deventer, qui tient compte de la demi-vie des anticorps et de la force du vaccin. On obtient une date propre à votre lot, souvent entre la deuxième et la quatrième semaine. Des poussins issus de plusieurs troupeaux de reproducteurs ont des niveaux dispersés : dans ce cas, deux passages à quelques jours d'écart. La maladie frappe surtout entre trois et six semaines, voilà la fenêtre à couvrir."}
]$m$, 4.5, '2025-12-29T10:47:21Z', 'fr', 'u-0117');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('14db6691-886c-4f4d-846d-12721e720120', $m$[
  {"role":"user","content":"on m'a donné un reste de doxycycline pour ma poule qui râle. les oeufs, j'attends combien ??"},
  {"role":"assistant","content":"Rangez ce reste, et appelez plutôt un vétérinaire : une poule, même unique et avec un prénom, est pour la loi un animal qui produit de l'aliment, et l'antibiotique y est sur ordonnance. Il choisira une molécule dont l'usage est admis, calculera la dose et vous donnera un temps d'attente. Quand un produit n'est pas autorisé pour les œufs, le règlement européen 2019/6 impose au moins dix jours, parfois bien davantage. Râle-t-elle depuis longtemps, avec un œil collé ou le nez qui coule ?"},
  {"role":"user","content":"4 jours, un œil qui mousse. mais j'ai deja donné un comprimé hier..."},
  {"role":"assistant","content":"Un œil mousseux et un râle font penser à un mycoplasme ou à un coryza, qui guérissent mal avec un comprimé isolé. Ne répétez pas la dose. Séparez-la des autres, mettez-la au chaud, à l'abri de la poussière, et jetez tous ses œufs à la poubelle, pas au compost des poules, jusqu'à ce que le vétérinaire vous donne une date. Dites-lui honnêtement le produit et la quantité : il n'est pas là pour vous gronder, il en a besoin pour décider."}
]$m$, 4.5, '2026-04-02T20:45:16Z', 'fr', 'u-0254');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('365f1df5-50d2-4362-9931-bbf792d3d90d', $m$[
  {"role":"user","content":"enlevement prévu a 2h du matin, abattoir a 7h30. je coupe l'aliment quand ?"},
  {"role":"assistant","content":"Comptez à rebours depuis l'heure d'abattage et non depuis le chargement. Les guides Ross et Cobb recommandent huit à douze heures sans aliment avant l'abattage ; pour 7 h 30, relevez donc les assiettes entre 19 h 30 et 23 h 30 la veille. Si tout le camion n'est abattu qu'à 10 heures, visez plutôt 22-23 h pour que les derniers ne dépassent pas. L'eau reste disponible jusqu'à l'arrivée des ramasseurs. Un jeûne trop long fragilise l'intestin, qui se déchire sur la chaîne."},
  {"role":"user","content":"ok et combien de poulets par caisse, caisses de 0,55 m², poulets de 2,3 kg"},
  {"role":"assistant","content":"Le règlement européen 1/2005 demande au moins 160 cm² par kilo pour des volailles de 1,6 à 3 kg. Pour 2,3 kg, cela fait 368 cm² par poulet, donc quatorze au plus dans 5 500 cm² ; par nuit chaude, descendez à douze. Faites travailler l'équipe à faible lumière bleue, lentement, en soutenant le corps, et notez ailes cassées et morts à l'arrivée : c'est le meilleur retour sur la qualité de l'attrapage."}
]$m$, 4.5, '2026-05-27T04:39:11Z', 'fr', 'u-0117');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2e0d159d-401e-4689-a83f-b6afa27469c4', $m$[
  {"role":"user","content":"Nous sommes près de Liège, 6 poules et 2 canards, on parle de grippe aviaire à Welkenraedt. Que doit-on faire exactement ??"},
  {"role":"assistant","content":"Vérifiez d'abord sur le site de l'AFSCA si votre commune tombe dans une zone : autour d'un foyer, la Belgique trace une zone de protection de 3 km et une zone de surveillance de 10 km, où même les particuliers peuvent devoir enfermer leurs volailles. En dehors, nourrir et abreuver à l'abri des oiseaux sauvages est la base. Un filet sur les côtés et au-dessus, à mailles de 10 cm au maximum, compte comme protection. Pas d'eau de pluie ni de mare dans les abreuvoirs. Avez-vous un endroit couvert ?"},
  {"role":"user","content":"une vieille volière couverte oui. les canards avec les poules c'est un souci ?"},
  {"role":"assistant","content":"Séparez-les si vous le pouvez. Un canard peut héberger le virus en paraissant bien portant, et il souille l'eau que les poules boivent ensuite. Ne mélangez pas non plus les litières : ce qui sort du coin des canards part directement au tas. Dans la volière, faites au moins deux coins avec chacun sa mangeoire et son eau, videz la mare ou couvrez-la, et gardez une paire de bottes qui ne sort pas de là."},
  {"role":"user","content":"et les oeufs on peut les manger ?"},
  {"role":"assistant","content":"Tant que vos poules vont bien et qu'aucune interdiction ne vous vise, oui, bien cuits par prudence. Si une poule meurt brusquement, si plusieurs sont prostrées, ont la tête gonflée ou la crête bleutée, n'y touchez plus à mains nues, ne transportez rien et téléphonez au vétérinaire ou à l'unité locale de l'AFSCA : la suspicion est à déclaration obligatoire. Les règles changent selon la saison, relisez leur page chaque semaine cet automne."}
]$m$, 5, '2025-10-24T17:43:29Z', 'fr', 'u-0173');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('c8b083dc-5d97-4629-91e1-744b0deb19ef', $m$[
  {"role":"user","content":"On vaccine nos poulettes label contre la coccidiose au couvoir. Il faut faire quoi de particulier en élevage ?"},
  {"role":"assistant","content":"L'essentiel est de laisser le vaccin se recycler. Les oocystes vivants donnés au premier jour ressortent dans les fientes, mûrissent dans la litière puis sont repris par les poulettes ; c'est cette deuxième et troisième rencontre, sur trois à quatre semaines, qui installe l'immunité. Donc ni litière poussiéreuse ni litière collante, pas de curage ni d'extension brutale de surface au début, une densité correcte, et aucun anticoccidien dans l'aliment ou l'eau. Prévenez le fabricant d'aliment."},
  {"role":"user","content":"on a eu des fientes orangées vers 20 j, normal ?"},
  {"role":"assistant","content":"Des fientes un peu molles ou orangées vers la troisième semaine accompagnent souvent le recyclage vaccinal ; on surveille sans traiter si les poulettes mangent et grandissent. Deviennent suspects : une chute de consommation, des oiseaux en boule, du sang franc, une mortalité qui monte. Dans ce cas, demandez une autopsie avec notation des lésions avant de sortir un anticoccidien, car un traitement trop précoce casse l'immunité en construction. Vérifiez aussi que la litière n'était pas trempée sous les lignes d'eau."}
]$m$, 4, '2025-09-22T09:55:12Z', 'fr', 'u-0152');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('253bbc8f-b1c4-4b9a-aae9-c745259cc91d', $m$[
  {"role":"user","content":"comment on abat proprement un poulet mal en point à la ferme, je suis stagiaire et personne ne m'explique"},
  {"role":"assistant","content":"Demandez qu'on vous le montre avant de le faire seul, c'est un geste qui s'apprend sur un oiseau déjà mort. Pour un petit nombre de sujets, la méthode courante est la dislocation des cervicales, nette et d'un seul coup, suivie d'un contrôle : plus de respiration, pas de réflexe quand on touche l'œil, corps relâché après les convulsions. Le règlement européen 1099/2009 réserve la dislocation manuelle aux oiseaux de 3 kg au plus, limite à 70 animaux par personne et par jour, et veut qu'on ne s'en serve pas en routine lorsqu'une autre méthode existe."},
  {"role":"user","content":"et pour une dinde de 9 kg alors ?"},
  {"role":"assistant","content":"Trop lourde pour la main, et aussi pour la pince de dislocation, limitée à 5 kg. Il faut un pistolet percutant adapté aux volailles, tenu par une personne formée, avec un contrôle de l'absence de conscience, ou l'intervention du vétérinaire. Ne laissez jamais un animal souffrir en attendant le tri du lendemain : isolez-le et appelez votre maître de stage tout de suite. Ensuite, inscrivez l'animal parmi les éliminés, pas parmi les morts, et déposez le cadavre au bac d'équarrissage."}
]$m$, 4, '2026-02-17T08:58:03Z', 'fr', 'u-0235');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('abfaf931-977d-4dc1-9739-9ffe392d7018', $m$[
  {"role":"user","content":"poussins de 2 jours avec le derrière collé, plusieurs sur 25. grave ?"},
  {"role":"assistant","content":"Le derrière collé indique souvent un poussin qui a eu trop chaud ou trop froid, ou qui a manqué d'eau au départ. Ramollissez la croûte à l'eau tiède, retirez-la sans tirer sur le duvet, séchez bien et remettez le poussin sous la chaleur. Réglez ensuite la lampe en observant : tas serré dessous, il fait froid ; anneau loin de la lampe, trop chaud. Eau tiède, aliment démarrage seul, sans pain ni lait. Si plusieurs ont le ventre gonflé et bleuâtre ou que la mortalité monte, consultez : l'infection du nombril ne se soigne pas au hasard."}
]$m$, 4.5, '2025-09-12T06:19:33Z', 'fr', 'u-0254');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('8842987a-126f-4bc2-bf1f-e34259fc3dce', $m$[
  {"role":"system","content":"Assistant avicole : réponses courtes et pratiques, sans diagnostic définitif à distance."},
  {"role":"user","content":"registre d'elevage poulet, qu'est ce qui est obligatoire dedans et combien d'années on garde ?"},
  {"role":"assistant","content":"En France, l'arrêté du 5 juin 2000 organise ce registre et demande de le conserver cinq ans. On y range les données sur l'exploitation et le vétérinaire, les entrées et sorties d'animaux avec bons de livraison, les aliments reçus, les ordonnances et traitements (date, produit, quantité, temps d'attente), les analyses et les comptes rendus de visite. Pour les poulets de chair, la directive 2007/43 ajoute, par poulailler : effectif mis en place, surface utile, souche, morts à chaque contrôle avec la cause si elle est connue, et effectif restant après chaque départ. Un cahier bien tenu vaut un logiciel."}
]$m$, 4, '2025-11-27T06:35:20Z', 'fr', 'u-0229');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('26cf7273-d5f3-4355-aea6-fae99bdd8877', $m$[
  {"role":"user","content":"Conversion bio d'un atelier 3 000 pondeuses et peut être un peu de chair. Les chiffres clés de densité ?"},
  {"role":"assistant","content":"Le règlement 2020/464, pris en application du 2018/848, fixe pour les pondeuses au plus 6 poules par m² de surface utilisable à l'intérieur et 4 m² de parcours par poule, avec 3 000 poules au maximum par compartiment. En volaille de chair, bâtiment fixe : 21 kg de poids vif par m², 4 m² de parcours par poulet et 4 800 poulets par compartiment. Regardez aussi perchoirs, trappes et surface totale : votre organisme certificateur vous donnera la grille de contrôle."},
  {"role":"user","content":"les poulets bio on les abat à quel age ? et si je dois donner un antibio"},
  {"role":"assistant","content":"L'âge minimal d'abattage est de 81 jours, sauf si vous élevez une souche reconnue à croissance lente. Pour les soins, un antibiotique reste possible quand l'animal souffre et que rien d'autre ne convient, mais le temps d'attente légal est doublé et ne descend pas sous 48 heures. Un poulet, dont la vie productive est inférieure à un an, n'a droit qu'à un seul traitement chimique sans perdre la mention bio. Prévenez le certificateur et isolez les documents du lot."}
]$m$, 4.5, '2026-01-07T17:27:49Z', 'fr', 'u-0248');

-- English

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3981193c-c935-4d40-bf10-1777a6fa14e5', $m$[
  {"role":"user","content":"10 day old ross 308, 24,000 placed, 720 dead so far = 3%. is that too high? farm in Shropshire"},
  {"role":"assistant","content":"Yes, it is well above what you should accept. A sound batch loses no more than about 1 % in the first week, so you have roughly three times that. Another yardstick: the formula in the EU broiler directive (1 % plus 0.06 % per day of age) comes to 3.1 % for the whole life of a 35-day flock, and you have used nearly all of it at ten days.\n\nThe shape of the curve matters more than the total now. When did most of them die, and how many did you pick up yesterday and today?"},
  {"role":"user","content":"mostly days 3 to 6, about 100 a day at worst. yesterday 22 today 19. culls included"},
  {"role":"assistant","content":"A peak between days 3 and 6 that falls away again points to the start: weak chicks, yolk sac infection from the hatchery, or birds that never found feed and water and starved when the yolk ran out. An infection spreading in the shed would still be climbing.\n\nLook at these while the memory is fresh:\n1. Seven-day weight: did they reach four times their day-old weight?\n2. Floor temperature and chick spread on the first evening.\n3. Nipple height and flow in the first 48 hours.\n4. Whether the deaths come from one hatchery flock or one end of the house.\n\nHave your vet open ten fresh birds. Swollen, foul-smelling yolk sacs and empty gizzards tell two different stories."},
  {"role":"user","content":"7 day weight was 158g so yes below. north end worse, heater there was out one night"},
  {"role":"assistant","content":"Then the cold end is the likeliest cause, with hatchery contamination perhaps adding to it. Chilled chicks sit instead of eating, and bacteria in the yolk take advantage. At 158 g you are below four times a normal 42 g chick, which fits.\n\nFor this crop: cull the runts that will not reach the drinkers, keep the north end warm and dry, and ask the vet for bacteriology before anyone mentions antibiotics. For the next one, log floor temperature at both ends hourly for three days and put an alarm on that heater. Send the hatchery your daily figures with the flock codes too."}
]$m$, 4.5, '2026-02-17T06:41:23Z', 'en', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('8c625621-2923-441a-8d47-219ccfae927b', $m$[
  {"role":"user","content":"Good day. I bought 500 day old broilers from an agent in Ibadan, lost 31 in four days. Belly swollen and navel is wet and black. Feed and heat are fine. Can I hold the hatchery responsible?"},
  {"role":"assistant","content":"A wet, dark navel with a swollen belly is the picture of omphalitis, that is, yolk sac infection. It starts with dirty eggs, poor incubator hygiene or navels that did not close, so the origin is usually before the chicks reached you. Chilling on the road can make it much worse, though, and the hatchery will say so.\n\nTo have a case, gather evidence today: photographs of navels, a daily mortality count, delivery note, box temperature or travel hours if known, and four or five fresh carcasses at a veterinary laboratory for culture. Losses in the first three to four days with a lab result are hard to argue away."},
  {"role":"user","content":"ok and the remaining ones, should i give antibiotic to all"},
  {"role":"assistant","content":"Treating the whole batch seldom rescues chicks that are already swollen, because little of the drug gets into the infected yolk. Take out the sick ones and kill them humanely, hold the brooder warm and the litter dry, and scrub the drinkers twice a day. If deaths go on after day five, let the vet choose a drug from the lab's sensitivity test; guessing with whatever the shop sells wastes money and leaves residues to think about at sale."}
]$m$, 4, '2025-10-09T14:22:51Z', 'en', 'u-0433');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0ab08610-9fc9-4da0-b50a-c8fc22006eae', $m$[
  {"role":"system","content":"You are intelia, an assistant for poultry farming. Answer clearly and refer the user to a veterinarian where needed."},
  {"role":"user","content":"Hi, vet nursing student here. What exactly is coccidiosis? Is it a bacteria or a virus"},
  {"role":"assistant","content":"Neither. Coccidia are single-celled parasites; in chickens they belong to the genus Eimeria, of which seven species are generally recognised. Each one favours its own stretch of gut: E. tenella lives in the caeca and causes the classic bloody droppings, E. acervulina sits in the duodenum, E. maxima and E. necatrix damage the middle of the small intestine.\n\nA bird swallows sporulated oocysts from litter. The parasite multiplies inside cells of the gut wall, bursts them, and new oocysts leave in the droppings 4 to 7 days after infection. They need a day or two of warmth, moisture and oxygen before they can infect the next bird."},
  {"role":"user","content":"so why do farms with no bloody droppings still lose money from it?"},
  {"role":"assistant","content":"Because most infections never bleed. Mild damage to the gut wall cuts absorption, so birds eat but grow less, uniformity spreads and feed conversion worsens. This subclinical form costs more worldwide than outbreaks with deaths do. It also opens the door to Clostridium perfringens, hence to necrotic enteritis.\n\nOn farms it is found by scoring lesions in five or six birds killed for the purpose, or by counting oocysts in the droppings, rather than by looking at the litter."}
]$m$, 5, '2025-11-20T19:05:38Z', 'en', 'u-0421');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('436a1d9e-c4a6-48e6-90c1-5a316f03032e', $m$[
  {"role":"user","content":"my 5 week bv300 pullets on deep litter, passing blood in droppings since yesterday, 14 died out of 1200. rains here since one week. Namakkal"},
  {"role":"assistant","content":"Blood at five weeks on damp litter is caecal coccidiosis until a post-mortem says otherwise. Open three freshly dead birds: if the two blind guts are swollen and full of blood or a dark core, you have your answer.\n\nAct today. Amprolium in drinking water at 0.012 to 0.024 % of active substance for 3 to 5 days is the usual first choice, the higher level when birds are dying; afterwards 0.006 % for one to two weeks. Make it the only water they have, and prepare it fresh every day. Your vet should confirm the dose for the product you buy."},
  {"role":"user","content":"Medicine started. anything for the litter? and vit k the shop man says"},
  {"role":"assistant","content":"Rake out every wet or caked patch, carry it off to a place where birds cannot reach it, and put down dry husk. Drop the side curtains only on the rain side so that air keeps moving, and fix whatever leaks: the parasite cannot mature on dry litter.\n\nVitamin K and A are reasonable support for birds that have bled, but they treat nothing. One caution: amprolium works by imitating thiamine, so avoid giving big doses of vitamin B1 during the treatment days."},
  {"role":"user","content":"2 died today. blood less. is it over??"},
  {"role":"assistant","content":"Falling deaths on the second or third day is what a working treatment looks like. Finish the full course all the same. Survivors will be pale and uneven for a fortnight, so weigh fifty of them at six and seven weeks and be ready to keep the starter or grower ration a little longer.\n\nIf blood comes back within ten days of stopping, ask the laboratory to identify the species. Then talk with your supplier about what anticoccidial, if any, is in the grower feed, since that is where the next batch will be protected."}
]$m$, 4.5, '2026-06-28T04:37:12Z', 'en', 'u-0440');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('225ee169-0f41-45b3-b794-62223086f20a', $m$[
  {"role":"user","content":"Rearing 16,000 free range pullets for our own laying site. Company offers chicks with coccidiosis vaccine, or feed with an ionophore to 16 weeks. Which way would you go? Never used the vaccine before."},
  {"role":"assistant","content":"For birds that will spend a year or more on the floor I would lean to the vaccine. A live vaccine sprayed at the hatchery gives every pullet a small, controlled infection; immunity then builds over two or three rounds of cycling on the litter and lasts into lay, when anticoccidials are no longer allowed in the feed.\n\nThe catch is management. Chicks must pick up oocysts shed by their neighbours, so the litter has to be slightly moist, not dusty and not wet, and nobody may feed an anticoccidial by mistake, because it would kill the vaccine."},
  {"role":"user","content":"what signs tell me its going wrong"},
  {"role":"assistant","content":"Watch the third and fourth weeks. Loose droppings and a small check in growth are part of the bargain; blood, huddling, pale combs or more than a handful of deaths are not. Patchy vaccination is the usual reason, so look at spray coverage with the hatchery and at how quickly you opened up the brooding area: too much floor too early and the birds do not recycle the oocysts, too little and the dose becomes excessive.\n\nAgree a rescue plan with your vet before the chicks arrive, including what treatment would still let immunity develop."}
]$m$, 4, '2025-12-03T10:48:09Z', 'en', 'u-0405');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('c623889e-2932-4577-acfd-709baf5966bc', $m$[
  {"role":"user","content":"scrubbed the whole coop with household bleach after cocci killed 6 of my chicks last fall. new chicks are 4 wks old and its BACK. what did I do wrong (Ohio)"},
  {"role":"assistant","content":"Nothing wrong with the scrubbing; the bleach just could not do the job. Oocysts have a tough double wall that shrugs off chlorine and most ordinary disinfectants. What harms them is heat, drying and ammonia-type or specially tested products.\n\nMore to the point, you cannot keep chickens without coccidia for long. The aim is a low dose while the chicks build immunity:\n- dry bedding, topped up often, wettest bits removed\n- waterers raised to back height, on a wire or slatted stand\n- new chicks apart from older birds, which carry the parasite quietly\n- plenty of room\n\nFor the sick ones call a vet about amprolium, which in the US can be bought for chickens without prescription."},
  {"role":"user","content":"does medicated chick feed work or is that a gimmick"},
  {"role":"assistant","content":"It works, within its limits. The low level of amprolium in medicated starter holds the parasite down so that immunity can form; it is not strong enough to cure an outbreak, and chicks that eat little because they are ill take in too little of it. Do not use it for chicks vaccinated against coccidiosis at the hatchery, since it cancels the vaccine. Ducklings and goslings do not need it."}
]$m$, 4.5, '2026-04-11T17:30:44Z', 'en', 'u-0417');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('5cf14f77-bc59-4344-8ebd-5ff4dd696992', $m$[
  {"role":"user","content":"Starting 300 ISA Brown chicks in Kiambu for eggs. Please give me the vaccine programme from day one to laying."},
  {"role":"assistant","content":"Here is a framework close to what Kenyan hatcheries recommend. Your county vet will adapt it to local outbreaks:\n\n1. Day 1, hatchery: Marek, plus Gumboro if a vectored vaccine is used; Newcastle and bronchitis by spray.\n2. Days 15–18: Newcastle + bronchitis, eye drop or water.\n3. Weeks 6–8: Newcastle again (killed by injection, or live); first fowl typhoid injection.\n4. Weeks 8–10: fowl pox in the wing web; fowl cholera where it occurs.\n5. Weeks 12–14: second fowl typhoid.\n6. Weeks 16–18: Newcastle + bronchitis before lay.\n\nAsk the hatchery which Gumboro vaccine the chicks had. Without the vectored one they need live Gumboro in the water during weeks two to four."},
  {"role":"user","content":"They say only mareks given. So gumboro when exactly?"},
  {"role":"assistant","content":"With Marek alone, fit in live Gumboro twice: once between days 10 and 14, then again 7 to 14 days after. Two doses because the antibodies from the mother fade at different speeds; a vaccine that meets high antibody is simply neutralised. The chicks have had no Newcastle and bronchitis spray either, so give that as eye drops within the first week.\n\nLeave some days between Gumboro and Newcastle vaccines where the label asks for it, and write batch numbers and dates on the card."},
  {"role":"user","content":"And after they start laying do i continue with newcastle"},
  {"role":"assistant","content":"Many Kenyan farmers repeat live Newcastle every two to three months through the laying period, because field virus circulates all year. If you gave a killed, oil-based injection before lay, protection lasts longer, and blood tests can tell your vet when a booster is worth it. Choose a mild strain for hens in lay; a sharper one may cost you eggs for a week. Only vaccinate birds that look healthy and have eaten normally."}
]$m$, 5, '2026-01-14T08:12:57Z', 'en', 'u-0428');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a2eac4e3-0d83-47b5-bdbc-67254050ec4b', $m$[
  {"role":"user","content":"Gumboro keeps hitting my broilers at week 4 even when I vaccinate on day 14. 3rd batch in a row, Osun state. Is the vaccine fake?"},
  {"role":"assistant","content":"Fake or dead vaccine is possible, yet three other explanations are more common. First, timing: if the chicks carry high maternal antibody on day 14, the vaccine is neutralised; if they carry little, field virus arrives before it. Second, the way it was given: warm vials, chlorinated water, birds not thirsty, half of them drinking after it had died. Third, the virus load in the house, because Gumboro virus survives for months in dust and manure.\n\nHow did the vaccine travel to you, and what did you mix it in?"},
  {"role":"user","content":"bought from market in nylon with small ice. mixed with borehole water treated with water guard"},
  {"role":"assistant","content":"Both of those could have killed it. \"Water guard\" is chlorine, and even 1 ppm damages live vaccine within minutes. Next time stop chlorine at least 24 hours before, dissolve skim milk powder at 2.5 g per litre some minutes ahead, and carry the vials in a proper cool box from a dealer with a working fridge.\n\nGive two doses, around day 10–14 and a week later, and ask a laboratory to test blood from ten chicks in the first days: from that the vet can calculate the best date. Clean and rest the house longer as well, otherwise pressure stays high."}
]$m$, 4, '2026-03-30T05:55:16Z', 'en', 'u-0433');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('f7f3b006-934b-4bcc-84be-b11db48e863e', $m$[
  {"role":"user","content":"newcastle kills the village chickens here every dry season (Kitui). we are 40 households, no fridge. what can the group do"},
  {"role":"assistant","content":"Organise vaccination days with the I-2 Newcastle vaccine, which was developed for villages like yours. It tolerates warmth better than ordinary live vaccine, one eye drop per bird of any age is enough, and one person can do a few hundred birds in a morning.\n\nWhat makes it work is the calendar: repeat every three to four months, and time one round about a month before your usual outbreak season. Choose two vaccinators, let the county livestock office train them, collect a few shillings per bird, and do every household on the same day, chicks included."},
  {"role":"user","content":"if sickness has already started can we still vaccinate them"},
  {"role":"assistant","content":"Sick birds gain nothing from it, and hands moving from house to house will carry the virus. When an outbreak is running, vaccinate only in homesteads where every bird still looks well, and start with the ones farthest away. Disinfect hands and change clothes between compounds.\n\nInside affected homesteads: no selling, no gifts of live birds, burn or bury the dead deeply, keep chickens in. Report it to the veterinary office as well, for Newcastle disease is notifiable."}
]$m$, 4.5, '2025-09-24T11:19:02Z', 'en', 'u-0429');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('92cd73da-d9e4-4c28-ade2-560f6889b768', $m$[
  {"role":"user","content":"One of my silkies (16 weeks) has gone lame, one leg forward one leg back. Breeder says not vaccinated for mareks. Is that what it is?"},
  {"role":"assistant","content":"The split-leg posture in a bird of that age makes Marek's disease the first suspicion: the virus causes swelling of the nerves, often the sciatic. Injury, a vitamin B2 shortage in chicks and a few other conditions can look similar, so only examination, and usually a post-mortem with histology, settles it.\n\nThere is no treatment. Make her comfortable on soft bedding with food and water in reach and, if she cannot stand or loses condition, ask your vet to put her to sleep. Submit the body; knowing helps the rest of the flock."},
  {"role":"user","content":"I have 8 others, can i vaccinate them now?? theyve been living together"},
  {"role":"assistant","content":"Sadly it would be too late for them. The vaccine has to be given at hatch, or in the egg, so that immunity is there before the first breath of infected dander; your eight have been exposed for weeks. Not all will fall ill, and Silkies are known to be on the susceptible side.\n\nFor later additions, buy chicks vaccinated on day one and keep them away from the older birds until several weeks old. The virus lives in feather dust for many months, so clearing dust matters more than spraying."}
]$m$, 4, '2025-10-31T20:14:35Z', 'en', 'u-0406');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1edc855a-a533-4525-8f47-745ff82309c2', $m$[
  {"role":"user","content":"38 week old brown layers barn system NSW. Sudden drop from 93% to 84% over 10 days and shells pale, wrinkled, some with watery whites. Birds hardly sneezing. Thoughts"},
  {"role":"assistant","content":"Pale, wrinkled shells together with watery albumen and a drop of nine points make infectious bronchitis the first thing to rule out. In vaccinated adults the cough may pass unnoticed while the oviduct takes the damage. Egg drop syndrome, avian metapneumovirus and a low-grade Newcastle infection belong on the list; so do a ration error and a water interruption, which you can check this morning.\n\nTake blood from about 20 birds now and again in three weeks for paired serology, plus tracheal and cloacal swabs from birds newly affected. As Newcastle and influenza are notifiable in Australia, let the vet decide whether the state lab goes first."},
  {"role":"user","content":"Water ok, feed changed 3 wks ago but analysis fine. Will they come back up?"},
  {"role":"assistant","content":"Most flocks regain much of the loss in four to six weeks, though few return quite to the old curve, and internal quality may stay poorer for longer. Hens infected while very young are another matter, for their oviduct may never develop. Yours were adult, so the outlook is fair.\n\nMeanwhile hold the lights and ration steady, do not induce any extra stress, and review when the last live bronchitis booster was given. Where a variant strain is found, your vet may suggest revaccinating every six to ten weeks in lay with a matching strain."}
]$m$, 4.5, '2026-05-19T09:03:48Z', 'en', 'u-0451');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a4d630f4-6990-44e5-87a3-1905a175db74', $m$[
  {"role":"user","content":"black scabs on comb and around eyes of my desi birds, many in village also have. mosquito season. is it pox? can I apply turmeric"},
  {"role":"assistant","content":"Dry scabs on comb, eyelids and wattles in mosquito season are typical of fowl pox. Mosquitoes carry the virus from bird to bird, and it also enters through peck wounds. Most birds with only the skin form recover in three to four weeks; those with yellow membranes in the mouth or throat may suffocate.\n\nTurmeric paste does no harm on the skin, keep it out of the eyes. More useful is to clean eyes shut by scabs with boiled, cooled salt water, put feed where half-blind birds find it, and call the vet if wounds smell or swell."},
  {"role":"user","content":"vaccine for those not sick yet?"},
  {"role":"assistant","content":"Worth doing quickly. Fowl pox is one of the few diseases where vaccinating at the first cases protects the rest, because it spreads slowly. The vaccine is pricked through the web of the wing with a double needle, taking care not to touch feathers or the bird's head.\n\nCheck twenty birds after 7 to 10 days: a small swelling or scab at the site means it took. No \"take\" in most of them means the vial was spoiled or the birds were already immune."}
]$m$, 4, '2026-07-22T13:26:40Z', 'en', 'u-0441');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0303a40a-a8a5-4e80-abd7-165cfc8f5fe5', $m$[
  {"role":"user","content":"FCR on last crop 1.78 at 2.45kg, mate next door gets 1.56 same feed mill. where do I start looking"},
  {"role":"assistant","content":"Start by making sure the two numbers are comparable: same weight, dead birds counted the same way, and feed left in the bins subtracted. For scale, the breeder's 2019 objective for a Ross 308 of 2.5 kg was 1.53, so your neighbour is near it and you have real room.\n\nOnce the sums are clean, I would look in this order: what reaches the litter instead of the beak (pan height, fill level), house temperature in the second half, pellet quality at the pan, gut health, late mortality. What are your fines like, and how do you decide minimum ventilation?"},
  {"role":"user","content":"fines never measured. vent on timer, same setting most of winter, shed smells a bit"},
  {"role":"assistant","content":"Two leads already. Take a bucket of feed from the last pan on the line, sieve it at about 1 mm and weigh what falls through; birds sort, slow down and waste dusty feed. If the share of fines rises sharply between lorry and pan, the auger or the bin boot is grinding it.\n\nA timer that never changes under-ventilates as birds grow. Smell means ammonia, damp litter and then a gut that works badly. Set the fans from bird weight each day and check with a meter: under 3,000 ppm carbon dioxide and well under 20 ppm ammonia."},
  {"role":"user","content":"what is it worth if I get to 1.65?"},
  {"role":"assistant","content":"From 1.78 to 1.65 saves 0.13 kg of feed for each kilo of chicken. At 2.45 kg that comes to about 320 g per bird, or 3.2 tonnes on every 10,000 birds sold. Multiply by your price per tonne and you can see how quickly a gas meter and a day on the augers pay.\n\nGive yourself three crops and change one thing at a time, otherwise you never learn which step did it."}
]$m$, 4.5, '2026-01-27T07:09:18Z', 'en', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('40dfb70a-5789-4c13-aa3f-a963bc21abfd', $m$[
  {"role":"user","content":"how to calculate EPEF? my batch 35 days, avg 2.1 kg, mortality 3%, fcr 1.6"},
  {"role":"assistant","content":"Multiply liveability in percent by average weight in kilos, divide by age in days times FCR, then multiply by 100. With your numbers: 97 × 2.1 = 203.7; 35 × 1.6 = 56; 203.7 ÷ 56 × 100 = 364.\n\nA figure like that is respectable in open housing. Well-run climate-controlled farms with modern strains go past 400."},
  {"role":"user","content":"what improves it most. mortality or fcr?"},
  {"role":"assistant","content":"Try it on paper. Cutting mortality from 3 to 2 % lifts you from 364 to about 368. Bringing FCR from 1.60 to 1.55 gives about 375. And 100 g more weight at the same age and FCR gives 381.\n\nSo growth and feed efficiency move the index more than one point of liveability, provided losses are already low. Compare only batches of similar age, since the index favours certain slaughter ages, and remember that it says nothing about price or cost of chicks."}
]$m$, 4, '2026-04-02T15:44:06Z', 'en', 'u-0442');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9e868a44-7191-41ed-9194-af235c67590c', $m$[
  {"role":"system","content":"Application: poultry adviser. Keep answers practical and short. Mention withdrawal periods when medicines are discussed."},
  {"role":"user","content":"I mix my own feed for 2000 layers in Kaduna. New maize looks ok but some cobs had greenish mould. Eggs reduced 6% this month. Aflatoxin?"},
  {"role":"assistant","content":"It is a serious possibility. Greenish mould suggests Aspergillus, and aflatoxin reduces laying, makes livers pale and fatty, and weakens the response to vaccines well before birds die. Good-looking grain can be contaminated all the same, as the poison stays after the mould is sieved off.\n\nStop using that lot, take many small samples from different bags, mix them and send about one kilo to a laboratory. For poultry feed 20 parts per billion is a widely used ceiling. Meanwhile buy dry maize of another origin, at or below 13 % moisture."},
  {"role":"user","content":"Can I dilute the bad one with good maize? And toxin binder helps?"},
  {"role":"assistant","content":"Blending a contaminated lot to bring it under the limit is forbidden in many countries, and you would poison the good maize if your test result is wrong. Better to keep it out of feed altogether.\n\nA binder based on bentonite clay does hold part of the aflatoxin in the gut and is useful insurance at the supplier's rate in the weeks when risk is high. It works less well on other mould toxins and does not repair rancid or mouldy grain. Your real protection is drying on a tarpaulin or slab quickly after harvest, pallets off the floor, and a moisture meter at the gate."}
]$m$, 4.5, '2025-11-06T06:18:29Z', 'en', 'u-0435');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2dc54dd4-df2f-41a4-a68d-f5902e77ae21', $m$[
  {"role":"user","content":"Borehole test back for the broiler site: total bacteria 4,500 cfu/ml at source, 38,000 at end of line. E coli absent. nitrate 18 mg/l, iron 0.9. How worried?"},
  {"role":"assistant","content":"Moderately, and you have two separate problems. The count climbs eightfold between source and end of line, which means biofilm inside your pipes. The usual ceiling for poultry is 1,000 cfu/ml, with no E. coli, so the source also needs treatment. Nitrate under 25 mg/l is acceptable.\n\nIron at 0.9 mg/l is three times the 0.3 advised. Birds tolerate it, but iron bacteria love it, it blocks nipples and regulators, and it uses up your chlorine."},
  {"role":"user","content":"so chlorine first or filter first"},
  {"role":"assistant","content":"Take iron out first, or the chlorine will spend itself on it and leave rust in the lines. Oxidise the iron (aeration or a little chlorine ahead of the filter) and catch it in a suitable iron filter. After that dose chlorine to hold 3 to 5 ppm free at the last drinker, with pH below 7 so that it works; at pH 8 most of it is idle.\n\nBefore any of this, clean the lines while the shed is empty, or the freshly killed slime will come loose and clog everything."},
  {"role":"user","content":"acid as well then? what about when we vaccinate"},
  {"role":"assistant","content":"If your pH is above 7, yes, acidify gently towards 6–6.5 and watch intake; below about 5 birds may refuse and metal parts suffer. Never mix the concentrated acid and the chlorine in the same stock tank, as that releases chlorine gas. Two dosers, acid first.\n\nSwitch both off at least 24 hours ahead of a live vaccine and flush. Put them on again a day afterwards. And retest at both points in six weeks to see if the gap has closed."}
]$m$, 5, '2025-12-18T16:57:33Z', 'en', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4ce8aecc-7b00-4ae3-af49-d9ac244bfbc0', $m$[
  {"role":"user","content":"water meter shows birds drinking 15% less since yesterday, day 26, feed looks normal. anything to do or wait"},
  {"role":"assistant","content":"Don't wait. Water drops a day or so before birds look ill and before feed intake shows it. First rule out the plumbing: pressure at the regulator, filter, airlocks, nipples at the right height, a medicator left on or a bitter product in the tank. Then check the meter against a tank reading.\n\nIf the system is sound, walk the shed slowly, listen at night for snicks, and post-mortem what died today. At around 20 °C broilers take 1.6 to 1.8 litres per kilo of feed, so work out your ratio for the last five days."},
  {"role":"user","content":"airlock on 2 lines, fixed. drinking again but litter under the other lines soaked"},
  {"role":"assistant","content":"Good find. While two lines were dry, the birds crowded onto the others and spilled, hence the wet strips. Scrape those out today and add dry shavings; litter left soaked at 26 days turns into burnt feet by catching.\n\nExpect a jump above normal intake for a few hours as they make up, then a return to your old ratio. Should the ratio stay higher than 2 to 1 with no heat to explain it, think of gut trouble or too much salt."}
]$m$, 4, '2026-06-09T12:31:17Z', 'en', 'u-0446');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ea1731ee-7302-4712-b2c8-e3825393c3ed', $m$[
  {"role":"user","content":"Best way to clean nipple lines between crops? we just flush with cold water and that's it"},
  {"role":"assistant","content":"Flushing alone moves loose dirt; the slime on the pipe wall stays and reseeds the water within days. Try this sequence once the birds have gone:\n\n1. Flush each line at high pressure until clear, one line at a time.\n2. Fill it with a cleaner that dissolves biofilm. A stabilised hydrogen peroxide product used at 3 % is common; check that your nipple maker accepts it.\n3. Let it stand 24 hours or as the label says, triggering the nipples so they fill.\n4. Flush out thoroughly.\n5. If scale is present, follow with an acid cleaner, flush again.\n6. Dose drinking-strength chlorine and leave the lines filled with that."},
  {"role":"user","content":"how do i know its actually worked"},
  {"role":"assistant","content":"Undo an end cap and wipe the inside of the pipe with a white cotton swab: slippery or brown means do it again. For proof, have the laboratory count bacteria on a swab or in water that stood in the line overnight, and compare with the source. Flow is worth measuring at the same visit. A rule from the United States is age in weeks times 7, plus 20, in ml per minute at the nipple."}
]$m$, 4, '2025-10-21T09:50:11Z', 'en', 'u-0407');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9864f9b0-d7f4-4858-8d09-f4316072234a', $m$[
  {"role":"user","content":"Foot pad scores got us a warning from the plant again. Litter is 3cm shavings, it caps over from wk 3 near the walls. what would you change"},
  {"role":"assistant","content":"Three centimetres is thin for a winter crop: 5 to 10 cm gives the bed some capacity to hold moisture and release it. Capping at the walls usually means cold surfaces and air inlets that let cold air fall onto the birds, where it dumps its moisture.\n\nSqueeze a handful every week. If it stays in a ball it is too wet (above roughly 30 % water), if it crumbles slowly it is right. Are the inlets throwing to the ridge when you smoke-test them?"},
  {"role":"user","content":"they drop about 2m from wall. pressure is set low because old shed leaks"},
  {"role":"assistant","content":"There's your wall strip. Leaks rob the inlets of speed, so the jet collapses onto the litter. Seal doors, fan shutters and the joint along the eaves, then raise the pressure until smoke reaches the middle of the ridge before it sinks; opening fewer inlets a bit wider helps as well.\n\nOn top of that: heat and ventilate together in the first ten days instead of saving gas, set the drinkers to a lower pressure if the cups are wet, and ask the mill about salt, potassium and protein levels. Breaking caps by rake early beats covering them late."}
]$m$, 4.5, '2026-02-05T10:05:42Z', 'en', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('b77151ac-f281-4884-978b-3c7dfe47c17f', $m$[
  {"role":"user","content":"how much ventilation in winter for 20k broilers at 14 days? trying to save gas, burning through it"},
  {"role":"assistant","content":"I will not give you one fan figure blind, because it hangs on bird weight, fan output and humidity, but here is how to find it. Minimum ventilation has to hold carbon dioxide below 3,000 ppm, ammonia below 20 ppm (better 10) and relative humidity at about 60 to 70 %. Start with your handbook's rate per bird at the current weight, run it on a five-minute cycle, and adjust by those three readings at chick height.\n\nCutting below that saves gas for a week and pays it back in wet litter, poor gut health and slow growth."},
  {"role":"user","content":"so where CAN i save gas"},
  {"role":"assistant","content":"In the building, not in the air. Find the leaks first: shut everything, run one fan and see what negative pressure you reach. Insulate bare metal, service the burners, put circulation fans to bring warm air down from the ridge, and brood in part of the house during the first days. Check the probes hang at bird height, away from the heaters; one lazy sensor can cost more than all the rest.\n\nLetting temperature slide by the age curve instead of holding it \"to be safe\" helps too."}
]$m$, 4.5, '2026-01-08T21:16:55Z', 'en', 'u-0407');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('cf1e6fe0-ea35-45d8-9452-eb02b7bad85c', $m$[
  {"role":"user","content":"43 degree in Nagpur now. open shed 4000 broilers 30 days 1.7 kg, lost 60 yesterday between 2-5pm. what to do today itself"},
  {"role":"assistant","content":"For this afternoon:\n- No feed from mid-morning until evening; digestion makes heat. Feed again at night and early morning under lights.\n- Cool water at all times, extra drinkers, tanks shaded or with ice. Flush pipes at noon.\n- Wet the roof and put gunny bags or shade net on the sunny side, without closing the air path.\n- Fans at bird level. Foggers only while the air is dry and moving.\n- Walk gently through the birds every half an hour so trapped heat escapes from under them.\n- No catching, no vaccination, no transport until night.\n\nIs the humidity low there now?"},
  {"role":"user","content":"dry, maybe 20%. electrolyte ok? and vitamin c"},
  {"role":"assistant","content":"Dry heat is the kinder sort: fogging can bring the air down several degrees as long as fans carry it through. Stop if the litter grows damp.\n\nElectrolytes in the water are reasonable from the morning until evening, since panting birds lose carbon dioxide and salts, and above all it makes them drink. Vitamin C is widely used and harmless, with modest evidence. Do not add so much of anything that the water tastes salty. Longer term, consider fewer birds per square metre from April to June and a white-painted or thatched roof."}
]$m$, 4, '2026-05-03T08:28:39Z', 'en', 'u-0442');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('c922544b-0e78-48ad-aa45-9aec32aff679', $m$[
  {"role":"user","content":"heatwave coming 42C, humid, tunnel shed 38 day birds south QLD. Neighbour runs his pads AND foggers flat out. When I did that I lost 400. Why?"},
  {"role":"assistant","content":"Because water only cools air that still has room for it. When outside air is already humid, pads and foggers together push the shed close to saturation, and then panting stops working: a bird loses heat by evaporating water from its airways, and it cannot do that in wet air. Hot and dry kills less than warm and soaked.\n\nFor heavy birds, air speed is your main tool. Aim for 2.5 to 3 metres a second over their backs, all fans on, no obstructions, curtains sealed so nothing leaks in half way."},
  {"role":"user","content":"so when do pads go off"},
  {"role":"assistant","content":"Go by the wet side. As a working rule, run pads in short cycles instead of continuously once humidity in the shed passes about 75 to 80 %, and stop them when the temperature drop across the pad becomes trifling. At night dry the house: pads off, fans on, so birds shed the stored heat before dawn.\n\nBefore the front arrives: test generator and alarms under load, walk migration fences into place so they do not pack at the inlet end, and bring pick-up forward if the plant agrees."}
]$m$, 4, '2025-12-29T03:21:08Z', 'en', 'u-0452');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9e56702f-259f-40ab-bea2-2681776f7087', $m$[
  {"role":"user","content":"my 9 hens quit laying since october in Vermont. they are about 18 mos. should i add a light?"},
  {"role":"assistant","content":"Short days alone explain it, and at eighteen months they are probably moulting too. Hens need about 14 to 16 hours of light to stay in lay, natural plus lamp. You may add it or let them rest; both are fine for their health.\n\nIf you do, let the lamp come on before dawn on a timer, so they go to roost with natural dusk and are not caught in sudden darkness. Bring it forward by half an hour or so each week until the total is about 15 hours. One warm bulb bright enough to read by at the feeder is plenty."},
  {"role":"user","content":"one hen is almost bald, wait for her?"},
  {"role":"assistant","content":"Yes, let her finish. Growing a coat takes a lot of protein and about two to three months; pushing light at a hen in full moult gains little. Give a layer or grower feed of 16 to 18 % protein, cut the scratch corn to a treat, and keep her out of the wind. She should be bright and eating. Weight loss, a drooping tail or mites under the vent would be a reason to call someone.\n\nLeave the timer alone once it is set: a bulb that fails for several days can throw the others into a moult."},
  {"role":"user","content":"ok! does the light burn them out, my aunt says hens only have so many eggs"},
  {"role":"assistant","content":"Your aunt is right that the number of ova is fixed at hatch, but it is in the thousands, far beyond what any hen will lay. Extra light shifts eggs into the winter; it does not drain the store. What age really limits is shell quality and the health of the oviduct, and older hens do benefit from a pause now and then.\n\nFire is the greater hazard. Use an enclosed fixture, guard it from dust, straw and beaks, and fix it by two means."}
]$m$, 4.5, '2025-12-13T22:47:20Z', 'en', 'u-0418');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('dc69229c-b320-4bc1-8824-a13190036f78', $m$[
  {"role":"user","content":"Pullets arrived 15.5 wks, 120g under standard weight, rearer had them at 10h light. Do I still go to 12h at 17 weeks as planned?"},
  {"role":"assistant","content":"Hold off. Light tells the body to lay whether or not the frame is ready, and underweight pullets that are pushed give small eggs, a poor peak and more prolapse. Stay at 10 hours until the flock average meets the breeder's target weight for stimulation and uniformity is near 80 %. If that takes until 18 or 18.5 weeks, the delay will pay for itself.\n\nIn the meantime feed a developer of good density, stimulate appetite by running the chain more often, and weigh a hundred birds weekly."},
  {"role":"user","content":"they are going out on range though, daylight is 15 hours in early august"},
  {"role":"assistant","content":"That changes the plan: birds that see fifteen hours of daylight have been stimulated, whatever the clock in the house says. Until they are at weight, keep the pop holes closed and the house truly dark outside your 10 hours; baffle the fans and block chinks. Release them once the average is there, and set house lights to cover the natural day, so that falling autumn daylight never shortens it.\n\nCheck with your scheme about the date by which range access must be given, and let your vet note the reason for a delay."}
]$m$, 4, '2026-08-04T06:58:27Z', 'en', 'u-0409');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('31506c3e-a50e-439b-bc24-12c8c68f9dc3', $m$[
  {"role":"user","content":"brooding 200 chicks with charcoal jiko in Nakuru, first time. they crowd near the jiko and chirp a lot. room thermometer 27"},
  {"role":"assistant","content":"Crowding and loud chirping say they are cold, and your thermometer agrees. Chicks need around 30 to 33 °C measured at their own height in the first days, with a floor that feels warm to the hand, 28 °C or more. Hang the thermometer a few centimetres above the litter, half way between heat and wall; at head height it tells you about your own comfort.\n\nMake the space smaller with a round guard of cardboard, add litter to about 5 cm, and block draughts near the floor."},
  {"role":"user","content":"i closed all windows now its 31 but they look sleepy, is that good"},
  {"role":"assistant","content":"Please open something near the roof straight away. A charcoal stove in a closed room gives off carbon monoxide, which has no smell and makes chicks drowsy before it kills them; it will do the same to you. Light the jiko outside, bring it in only when the charcoal glows red without smoke, keep a gap open up high on the sheltered side, and never sleep in that room.\n\nDo they wake up and run to feed when you tap the feeder?"},
  {"role":"user","content":"yes they woke up after opening. ok so how do i keep heat with window open"},
  {"role":"assistant","content":"Warm air rises, so keep heat low and let gases out high. A hover helps most: an iron sheet or basket lined with sacking, hung over the jiko at a safe height, throws the warmth down to chick level. Curtain off a corner of the room with polythene to above your waist, leave the top open, and put the jiko inside a wire guard so that no chick or litter touches it.\n\nHave two stoves in turn, so that one is ready before the other dies down at 3 a.m."},
  {"role":"user","content":"when do i reduce"},
  {"role":"assistant","content":"Bring it down by roughly 3 °C a week, a little every day, and let the chicks correct you. Scattered evenly and busy means right; far away with beaks open means too warm; piled on one side means a draught there. By four weeks most can do without heat in the daytime, though Nakuru nights are cold, so keep it on for nights while feathers are short."},
  {"role":"user","content":"last question how do i know they have eaten enough first day"},
  {"role":"assistant","content":"Feel the crops. Pick 30 chicks from different spots in the evening and again next morning 24 hours after arrival. A good crop is full, soft and rounded, like a small bag of porridge. By the next morning at least 95 of each hundred should feel so. Hard means feed without water, so look at your drinkers; empty means that chick has not found anything yet."}
]$m$, 5, '2026-03-08T13:07:44Z', 'en', 'u-0430');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('eb5ab3f2-a043-45d0-88c9-384dfbd16552', $m$[
  {"role":"user","content":"How many birds do I weigh each week on a 30k broiler shed and what CV is ok? Boss wants it done properly, VIC"},
  {"role":"assistant","content":"Take at least 100 birds, penned in three or more places: near each end and in the middle, away from doors. Weigh every bird you pen, small ones included, because leaving out the runts is how people fool themselves. Do it on the same weekday and hour.\n\nFor uniformity, divide the standard deviation by the mean: a CV around 8 % is even, 10 % is average, and 12 % or more is poor. At day 7 compare with day-old weight as well; four times or better means that the start went right."},
  {"role":"user","content":"day 21 our cv 13, mean on target. does it matter if average is fine?"},
  {"role":"assistant","content":"It does, since nobody sells the average. With 13 % you have birds too light for the plant's shackles and others getting heavy legs, and drinkers set for the mean suit neither. Usually the spread opens in the first ten days: some chicks found feed late, breeder flocks of different ages were mixed, or part of the shed was cooler. Later causes are coccidiosis, too little feeder space and uneven light.\n\nPlot the CV by age over your last five crops. Knowing when it widens points to the culprit better than any single figure."}
]$m$, 4, '2026-05-27T05:33:09Z', 'en', 'u-0453');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('7bf75ea1-14ea-457c-a39d-3d93646819de', $m$[
  {"role":"user","content":"we keep 300 kadaknath breeders and collect hatching eggs 10 days before setting. hatch is 61%. eggs kept in room 29 to 32 C"},
  {"role":"assistant","content":"Storage is costing you the most. At 29–32 °C the germ begins to grow slowly and unevenly, then dies; and after about a week hatch falls even in good conditions. Keep eggs at 15 to 18 °C and roughly 75 % humidity, blunt end up, and set once a week instead of every ten days.\n\nCollect three or four times daily in your climate, discard dirty and cracked ones instead of wiping them, and let cooled eggs come to room temperature before setting so they do not sweat. How many are clears when you candle at day 7?"},
  {"role":"user","content":"18 percent clear, ratio is 1 male 15 females, males 2 years"},
  {"role":"assistant","content":"Eighteen per cent clears is high, though some of those will be very early deaths caused by the storage. Break out twenty: a true infertile has a small dense white spot, an early dead has a larger, fluffy ring. If most are infertile, look at your cocks. One to fifteen is thin for natural mating; plan on one to ten, or even one to eight in pens with older males, and bring in younger, unrelated ones.\n\nTrim long nails and spurs, treat for lice and mites, and check that heavy males are not lame."}
]$m$, 4.5, '2026-02-22T11:40:31Z', 'en', 'u-0441');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ddeb6d38-f4b3-4d52-ba14-096bab7009f3', $m$[
  {"role":"user","content":"2.5 yr old barred rocks laying eggs with sandpaper ends, some soft shell, oyster shell free choice already. what else"},
  {"role":"assistant","content":"With age the hen makes a bigger egg from the same amount of shell, so some thinning is built in. Sandpaper ends are small lumps of extra calcium, often seen when an egg is held too long in the shell gland or the hen is disturbed around dusk.\n\nGo through these: is the main feed a true layer ration (about 3.5 to 4.5 % calcium) or is it diluted by corn and treats? Do they have vitamin D from feed or sun? Is anything frightening them at night, when most of the shell is laid down? Any coughing lately, as bronchitis marks shells for good?"},
  {"role":"user","content":"treats probably 1/3 of what they eat lol. and raccoons"},
  {"role":"assistant","content":"Two answers in one line! Treats at a third dilute protein, calcium and vitamins alike; bring them to a small handful per hen, late in the day, after the layer feed. Leave the oyster shell out in its own dish, coarse pieces, because these dissolve slowly and supply the hen overnight.\n\nA raccoon that prowls nightly keeps hens on edge and may kill them: half-inch hardware cloth instead of chicken wire, and a latch needing two movements. Give it three weeks. A hen still laying shell-less eggs after that is best looked at by a vet."}
]$m$, 4, '2025-11-28T18:21:05Z', 'en', 'u-0417');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('20445316-58ed-4bf6-9338-3147bae83d97', $m$[
  {"role":"user","content":"Red mite. Found clusters under perch joints this evening, 6,000 hens organic-ish, 44 wks. Eggs have blood specks. Last farm manager used a spray that smelt of paraffin. What are my realistic options"},
  {"role":"assistant","content":"They hide by day in cracks and climb onto the hens at night, and in warm weather a generation takes as little as a week, so one spray never finishes them. Realistic tools:\n\n- Physical: vacuum or hot-wash at turnaround, desiccant dusts or liquid silica on perches and joints with hens in place.\n- Heat treatment of the empty shed.\n- Medicine through the vet: fluralaner in the drinking water, 0.5 mg per kg twice, seven days apart.\n- Predatory mites, as a preventive.\n\nIs the flock certified organic, or not? The rules differ."},
  {"role":"user","content":"not certified just the customer likes natural. how long off sale with the water one"},
  {"role":"assistant","content":"The product authorised in Europe and the UK has a zero-day withdrawal for eggs and 14 days for meat, so you keep selling. Read the datasheet all the same, as your vet has to prescribe it. Dosing must follow body weight: take weights from fifty hens, calculate the day's volume, and make sure every bird drinks the medicated water, which usually means a proportioner or a tank with known intake.\n\nWhy twice? Eggs in the cracks survive the first day and hatch; the second dose gets those mites once they feed."},
  {"role":"user","content":"will they become resistant like with sprays? and what about silica before the meds, together"},
  {"role":"assistant","content":"Resistance to older sprays such as pyrethroids is widespread, and there is no reason to think that any molecule is immune, so don't use the same one routinely. Keep it for heavy infestations and lean on silica, cleaning and monitoring the rest of the year.\n\nSilica and water medication do not interfere: one works by drying the mite's outer coat, the other through the blood meal. Apply silica with a mask, at dusk or in the empty part, and avoid wetting it later, because damp silica stops working."},
  {"role":"user","content":"how to monitor without crawling around with a torch"},
  {"role":"assistant","content":"Corrugated cardboard traps do it. Fold strips about the width of a hand, tape them beneath perches at twelve marked spots, collect after two days, freeze overnight and weigh or score the contents. Do it every fortnight and draw the curve. Treat while it is climbing, long before you see greyish heaps.\n\nBlood specks on shells, pale combs, hens reluctant to go in at night and itching staff are late signs. Mites survive for months without a meal, eight or so, so an empty shed proves nothing."}
]$m$, 4.5, '2026-07-01T19:56:12Z', 'en', 'u-0405');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('04e79d63-e9e0-4917-8e9d-22ee1260e5ac', $m$[
  {"role":"system","content":"You are intelia, an assistant for poultry farming. Answer clearly and refer the user to a veterinarian where needed."},
  {"role":"user","content":"Do I need to worm my 5 hens routinely, say every 3 months like the feed shop says? Devon, they're on grass all year. And can we eat the eggs while doing it?"},
  {"role":"assistant","content":"A calendar is not the best guide. Collect fresh droppings from several hens, send them off for a worm egg count (your vet or a postal lab can do it) and treat if the count is high or birds are thin and loose. On permanent grass, two or three tests a year make sense, one of them in autumn.\n\nFlubendazole mixed in feed at 30 mg per kg for seven days is the usual licensed wormer in the UK, and eggs may be eaten during treatment. Look up the meat withdrawal on the label. Rest or rotate part of the run, and keep the grass short so that sunlight reaches worm eggs."}
]$m$, 4, '2025-09-18T07:35:50Z', 'en', 'u-0406');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('b27b6716-5a59-42f0-8a4e-15f646a95939', $m$[
  {"role":"user","content":"New to eggs, 12,000 hens arriving in May, selling to a packer. What samples do I have to take for salmonella and when? England"},
  {"role":"assistant","content":"Under the national control programme you take the first samples when hens are 22 to 26 weeks old and then at least every 15 weeks through lay, using an approved laboratory. In loose housing that means boot swabs worn around the whole house; in cages, pooled droppings. Your rearer should hand over results from day-old chicks and from two weeks before the move to the laying house, so ask for copies.\n\nOfficial sampling by the authority comes on top in larger flocks. Keep every result with date and house number for the packer's audit and your own defence."},
  {"role":"user","content":"what happens if its positive?"},
  {"role":"assistant","content":"The serovar decides. With Salmonella Enteritidis or Typhimurium the laboratory informs the authority, eggs from that flock can no longer go for sale as table eggs in shell and may only be used after heat treatment, and official sampling follows. Many flocks are slaughtered early because of the loss of income, and the house must test clean before restocking.\n\nPrevention rests on vaccinated pullets, rodent control kept up every week, feed from a mill with its own testing, and cleaning that reaches egg belts and dust ledges. Other serovars still deserve a vet's visit."}
]$m$, 4.5, '2026-04-23T09:14:33Z', 'en', 'u-0410');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('8d4f2277-1826-4e46-be78-febd607e2977', $m$[
  {"role":"user","content":"no antibiotics ever contract, Arkansas. day 19 mortality jumped, birds found dead in good flesh, intestine looks like a dirty turkish towel. necrotic enteritis right? options?"},
  {"role":"assistant","content":"The towel-like lining and sudden deaths in good flesh at that age fit necrotic enteritis, caused by toxin-producing Clostridium perfringens. Let your service tech and a lab confirm it and score coccidia in the same birds, because Eimeria maxima is the commonest trigger.\n\nYour contract limits choices but not the duty to treat sick birds: ask the company vet today, as treated birds can be moved to another marketing program. Meanwhile collect dead and dying birds several times a day, since pecked carcasses spread it, dry the litter and keep water flawless."},
  {"role":"user","content":"why us, neighbor same feed fine"},
  {"role":"assistant","content":"Same feed, different gut. Houses vary in litter age, downtime, humidity and how the coccidiosis vaccine cycled; a peak of vaccine coccidia near day 18 with damp litter is precisely when Clostridium finds mucus and leaked protein to grow on. A short feed outage does it too, when birds gorge afterwards.\n\nPull your records for days 12–19: feed-outs, humidity, water spikes. For the next placement, discuss longer downtime, litter top-dressing and the coccidiosis program with your vet, before looking at additives."}
]$m$, 4, '2026-06-16T16:02:27Z', 'en', 'u-0420');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('f5b1decf-a2c0-49e9-ab33-d2d894dc9663', $m$[
  {"role":"user","content":"broilers 32 days 2.2kg many sitting on hocks, some with wings on floor to walk. ca and p ok says feed company. what is it"},
  {"role":"assistant","content":"At that age and weight bacterial infection of the hip end of the thigh bone is the commonest serious cause: bacteria from gut or airways settle in tiny cracks of fast-growing bone. Birds use their wings as crutches, just as you describe. Other candidates are tendon trouble after viral arthritis, a spine abscess from Enterococcus cecorum (they sit back on the hocks, legs forward), rickets and plain wet-litter hock burn.\n\nAsk a vet to open eight lame birds that were killed for it, snap the femur heads, and culture. Do the bones bend, or break with a clean crack?"},
  {"role":"user","content":"femur head was black and crumbly in 5 of 8. lab says staph. still 10 days to sell"},
  {"role":"assistant","content":"That settles it: femoral head necrosis with staphylococci. Crumbled bone will not heal, so cull the ones that cannot reach water, every day; leaving them is suffering and gains you nothing. An antibiotic chosen from the lab's sensitivity test can slow new cases, but compare its withdrawal time to your ten days before you begin.\n\nFor next batches: slower growth in the second week through a proper dark period of six hours, dry litter, clean hatch and clean water lines, and no stress that lowers immunity, Gumboro included."}
]$m$, 4.5, '2026-03-19T20:28:41Z', 'en', 'u-0446');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('76391d8b-f4f7-4313-b3e5-90658d4bb842', $m$[
  {"role":"user","content":"Hens are 26 wks, free range, and I've counted about 30 with bare tails, few with blood at vent. 4,000 in the house. beaks are trimmed. started two weeks ago"},
  {"role":"assistant","content":"Tail and vent pecking just after peak comes from a mixture of stress, hunger for something and too much light in the wrong place. Take the bleeding ones out right now, whatever else you do, for blood teaches the others.\n\nWalk the house at mid-morning and tell me three things: how bright it is at the nest fronts and where sunbeams fall, whether birds have dry litter to scratch and dust-bathe in, and body weight against the standard. What was feed intake last week?"},
  {"role":"user","content":"weight 80g under. intake 108. litter is capped by the pop holes. sun comes in low thru east popholes in the am"},
  {"role":"assistant","content":"Then I would tackle three matters together. An 80 g shortfall at 26 weeks means hens are laying on their reserves: ask the nutritionist for a denser ration, and run feeders at a time that empties them once a day, so fine particles get eaten. Break up or remove the cap and put fresh shavings there. Hang strips or a baffle outside the pop holes so that the low sun does not lie in a bright stripe.\n\nVents bleeding also raise the question of prolapse: are there very large eggs, or nests too light?"},
  {"role":"user","content":"some double yolkers yes. nests dark enough i think. would dimming the lights stop it? a mate runs his on red"},
  {"role":"assistant","content":"Dimming calms, and as an emergency measure it is fair, but hens need enough light to find litter, feeders and nests, and assurance schemes set a minimum. Reduce in small steps, evenly, with no bright spots remaining. Red light hides blood, so it lessens the attraction; the underlying cause stays.\n\nDouble yolks show that some came into lay in a rush, underweight. That strains the vent. More weight will do more for this flock than any bulb."},
  {"role":"user","content":"anything to throw in to keep em busy"},
  {"role":"assistant","content":"Plenty, provided you change it before they lose interest: lucerne or hay in nets at back height, pecking blocks, a few bales of shavings left with strings cut, whole oats or wheat scattered by hand over the litter each afternoon. Roughage fills the gizzard too, and birds with fibre in the gut peck less at feathers.\n\nOutdoors, shelter near the pop holes draws them out; fewer birds indoors means less pecking. Score fifty birds each fortnight for plumage, so you notice whether it is spreading. And note all this for your next rearer: pecking often begins before 16 weeks."}
]$m$, 5, '2026-01-19T15:49:36Z', 'en', 'u-0409');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('7e34c9d4-06d1-49dd-a5d7-4b458ca7f33b', $m$[
  {"role":"system","content":"Poultry help desk. Answer in the language of the user, in plain words, and say when a veterinarian is needed."},
  {"role":"user","content":"after a batch with gumboro whats correct order to clean and disinfect my 2 houses, earth floor one and concrete one, Mombasa. and how many days empty"},
  {"role":"assistant","content":"Order matters more than the brand:\n\n1. Remove birds, feed and all litter, far from the houses; compost or cover it.\n2. Scrape and brush dry, roof and nets included.\n3. Wash with detergent, leave it to act, rinse, let dry. Disinfectant on dirt is wasted.\n4. Spray a product effective against non-enveloped viruses (aldehyde or peroxygen types) at label rate.\n5. Drain and clean pipes and tank.\n6. Let everything dry in sun and air.\n\nConcrete can be disinfected; earth cannot, so take away the top few centimetres, spread lime and lay fresh soil. Give both houses two weeks empty at the least. Gumboro virus outlives that, so a vaccination plan for the next batch is essential. Treat lime with gloves and eye protection."}
]$m$, 4, '2025-10-26T08:55:14Z', 'en', 'u-0454');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('41672f42-2172-407a-9988-b0622910212e', $m$[
  {"role":"user","content":"pick up tomorrow night 11pm, plant kills at 6 am. when feed off. also last batch had many bruise and broken wing, contractor blames us"},
  {"role":"assistant","content":"Count back from slaughter. Birds should be without feed 8 to 12 hours in all, catching and road included. For 6 a.m., lift the pans between 8 and 9 p.m.; that gives nine to ten hours. Less leaves full guts that burst on the line, more makes intestines fragile and costs weight. Leave water until the catchers reach each section.\n\nHave lights dim, curtains down for calm, and clear out drinkers and feeders early enough so nobody chases birds through them."},
  {"role":"user","content":"and bruise how to prove its catcher not us"},
  {"role":"assistant","content":"Colour tells the age. A fresh bruise is red to purple; one turning green to yellow is a day or more old, so it happened in your shed, not at catching. Ask the plant for photographs and for the tally per truck.\n\nThen watch one hour of the catch yourself. Birds should be lifted by both legs or with two hands round the body, never by a wing, few to a hand, and set into the crate upright without slamming lids on heads. Agree in writing a limit for wing breaks, with a bonus if they stay under; contractors listen to that."}
]$m$, 4, '2026-08-19T04:11:58Z', 'en', 'u-0446');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2f50651d-90f5-4661-941e-be2e8968bf19', $m$[
  {"role":"user","content":"I want to do 100 broilers for Easter in Enugu. how much will one bird cost me before I sell. Chick is 1400 naira, feed 19,000 for 25kg"},
  {"role":"assistant","content":"We can work it out together. Three numbers decide it: how heavy you sell, how much feed per kilo of bird, and how many die. For a first batch on bought feed let us take 2.2 kg live, feed conversion 1.8 and 5 % losses.\n\nFeed per bird: 2.2 × 1.8 = about 3.96 kg. Your feed costs 19,000 ÷ 25 = 760 naira a kilo, so about 3,010 naira of feed each. What do you plan for vaccines, charcoal, litter and transport together?"},
  {"role":"user","content":"about 35,000 for all of that"},
  {"role":"assistant","content":"Now the whole batch. Chicks: 140,000. Feed for 95 birds sold: 95 × 3.96 = 376 kg, or roughly 286,000. Other costs: 35,000. Sum: 461,000 naira. Divided by 95 birds you arrive at about 4,850 naira per live bird, or 2,200 per kilo.\n\nThose that die eat something as well, so add a small reserve. Your own labour and the equipment are not in it yet."},
  {"role":"user","content":"hmm feed is too much o. if I stop at 5 weeks instead of 7?"},
  {"role":"assistant","content":"Stopping sooner does save feed per kilo, since conversion worsens with age, but you spread the price of the chick over less meat. Say you sell at 1.7 kg with conversion 1.6: feed 2.72 kg, or 2,067 naira; with chick and other costs it is close to 3,900 per bird, which is 2,300 per kilo. So cheaper per bird, slightly dearer per kilo.\n\nWhat buyers pay decides. If your customers choose by eye and pay per bird, large ones win at Easter; if a restaurant pays per kilo and wants small birds, go early."},
  {"role":"user","content":"and if I loose 15 not 5"},
  {"role":"assistant","content":"Then 85 birds must carry everything. Chicks and other costs stay at 175,000; feed for 85 is about 337 kg, 256,000 naira, plus what the dead ones ate. Total 431,000 or more, which is about 5,070 naira each, more than 200 naira extra on every bird, and you have ten fewer to sell. In lost profit that is far bigger than the price of a good thermometer, vaccines carried on ice and an extra bag of charcoal."},
  {"role":"user","content":"ok so where should a small person like me put the money first"},
  {"role":"assistant","content":"I'd put it in the first fourteen days. Buy chicks from a hatchery that writes its vaccinations down; have the brooder warm before they come; finish the Gumboro and Newcastle vaccines; buy proper starter, not a cheap mix. After that, save on feed waste: hang feeders at back height and fill them one third.\n\nBook customers before you order chicks, with part payment if they agree, for a bird that waits unsold in week eight eats your profit daily. Write each expense on the day itself."}
]$m$, 4.5, '2026-02-11T12:25:07Z', 'en', 'u-0436');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1d70c7c1-3852-46ca-be34-4b3a14da3743', $m$[
  {"role":"system","content":"Application: poultry adviser. Keep answers practical and short. Mention withdrawal periods when medicines are discussed."},
  {"role":"user","content":"local dealer gives enrofloxacin + colistin for layers with loose motion, says egg can be sold normally. 5000 birds Hyderabad side. is it right"},
  {"role":"assistant","content":"No, on both counts. Colistin has been prohibited for food-producing animals in India since July 2019. Enrofloxacin is not meant for hens laying eggs for people: it passes into the egg and remains for days after the last dose, so those eggs should not be sold.\n\nBefore any drug, find out what the loose droppings are. Heat and heavy drinking, excess salt, a feed change, worms and coccidia all give watery litter in which an antibiotic achieves nothing. A veterinarian should examine birds and send samples for culture and sensitivity."},
  {"role":"user","content":"already gave 2 days"},
  {"role":"assistant","content":"Stop, keep the empty packets, and write down dates, house and number of birds. Separate the eggs from the first day of medication onward; how long must be set by a veterinarian who knows the product and your rules, and where a drug has no approved egg withdrawal the safe answer runs to weeks rather than days. A laboratory can test eggs for residues before you resume.\n\nIt hurts now, but one positive sample at a buyer or exporter costs more. For hens in lay, ask first of every medicine: is it permitted in layers, and for how many days are eggs thrown away?"}
]$m$, 4, '2025-12-10T05:20:45Z', 'en', 'u-0444');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1fae248f-c252-4334-b577-03f299b4b2b7', $m$[
  {"role":"user","content":"two of my 10 week old bronze turkeys are droopy with mustard yellow poop, they range where chickens ran last year. Is this blackhead and can i save them?"},
  {"role":"assistant","content":"Sulphur-yellow droppings in drooping poults on old chicken ground make blackhead (histomonosis) very likely. The parasite travels inside the eggs of the caecal worm, which stay alive in soil for years, and in earthworms; chickens carry it mostly without signs, while turkeys of that age die.\n\nHonest answer on saving them: no drug is approved for it in the United States any more, and losses can be heavy. Call a vet today. Separate the two, move the rest to ground that never held chickens, and have any that dies opened: ulcerated caeca and target-shaped liver spots confirm it. A vet can also deal with the worms, since that cuts the source."},
  {"role":"user","content":"thank you. One died this am, liver has round spots just like you said. moving the others to the hayfield tonight and sending the body to the state lab"}
]$m$, 4.5, '2026-06-02T21:33:19Z', 'en', 'u-0418');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('f9d55c2c-cc11-4bcf-9891-01de85c42520', $m$[
  {"role":"system","content":"Poultry help desk. Answer in the language of the user, in plain words, and say when a veterinarian is needed."},
  {"role":"user","content":"Agriculture student, Bristol. For an essay: main differences in EU organic rules for laying hens vs normal free range? stocking, flock size, medicine. Brief please."},
  {"role":"assistant","content":"Organic in the EU means Regulation 2018/848 with details in 2020/464. Headlines for hens:\n\n- Indoors no more than 6 hens per square metre, against 9 per square metre of usable area for ordinary free range under Directive 1999/74.\n- At most 3,000 hens in a compartment; free range has no such ceiling in that directive.\n- At least 4 square metres outdoors per hen in both.\n- Organic feed, without synthetic amino acids; roughage daily.\n- Day length up to 16 hours with lamps, then eight hours of unbroken rest.\n- Antibiotics only to treat, under a vet, with the withdrawal period doubled, and 48 hours as a minimum.\n\nGreat Britain works from retained earlier EU rules, and certifiers may ask more, so cite theirs separately."}
]$m$, 4, '2026-05-10T18:44:02Z', 'en', 'u-0455');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('81d01f92-1a87-45fb-9b8d-b73db9d4876a', $m$[
  {"role":"user","content":"6 hens in the garden, Norfolk. Housing order just announced round here. Do I honestly have to shut in 6 pets? And they're not registered, I thought that was only for 50+"},
  {"role":"assistant","content":"Yes to both. A housing measure covers every keeper in the zone, pets included: the hens stay in a building or in a netted run that wild birds cannot enter, best with a solid roof so that their droppings stay out too. And the old threshold of 50 has gone; in England and Wales anyone with even one bird (parrots and the like living wholly indoors aside) has had to register with APHA since 1 October 2024. It is free and done on GOV.UK.\n\nPut feed and water under cover, dip clean boots at the door, and use mains water. If several birds die suddenly, go blue in the face or stop eating, ring the Defra helpline, 03000 200 301, straight away, rather than taking any to the surgery."},
  {"role":"user","content":"Right, registered this morning and tarpaulin is on the run roof. Bored hens already!! hanging a cabbage up. Thanks, nobody at the allotment knew about the one bird thing"}
]$m$, 4.5, '2025-11-13T07:58:16Z', 'en', 'u-0411');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('b74ef33d-643e-450e-a522-0f3c101d9500', $m$[
  {"role":"user","content":"post mortems at 52 weeks keep showing yellow cheesy stuff in belly. 3 to 4 hens a week out of 9,000. E. coli?"},
  {"role":"assistant","content":"Yellow, cooked-egg material in the abdomen is egg peritonitis, and E. coli is what laboratories generally grow from it. It climbs from the cloaca through the oviduct, or arrives by way of the airways. Three or four a week in 9,000 is a background level, worth watching rather than alarming.\n\nTriggers to look for: vent pecking, overweight hens, dirty water lines, dust and ammonia, bronchitis some weeks earlier. Ask for a culture with sensitivity from two fresh birds, to have it on file."},
  {"role":"user","content":"is the vaccine worthwhile"},
  {"role":"assistant","content":"A live E. coli vaccine sprayed in rear helps flocks with a history of losses around peak; for this flock at 52 weeks it would come late. Work out the cost first: four hens a week over 20 weeks is 80 birds, under one per cent. I would spend on water sanitation and on bronchitis boosters before that, and revisit the vaccine with your vet if the next flock loses ten a week."}
]$m$, 3.9, '2026-07-13T02:17:53Z', 'en', 'u-0451');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0bd3f4bf-8a82-4559-a08e-3df00e7e0470', $m$[
  {"role":"user","content":"what should i write down every day for my 600 layers? the bank officer wants records"},
  {"role":"assistant","content":"Keep one sheet per house. Every day: eggs collected, cracked ones, feed given in kilos, water, deaths with the apparent cause, anything unusual. Each week: average egg weight from a tray or two, body weight of a sample, feed stock remaining. For each event: vaccine or medicine, batch number, dose, date, withdrawal period. And money: every purchase and sale on its own line with the date.\n\nFrom that the officer can see hen-day production, feed per tray and profit."},
  {"role":"user","content":"how is hen-day calculated"},
  {"role":"assistant","content":"Divide the eggs of the day by the hens alive that same day, and multiply by 100. With 510 eggs from 590 live hens you get 86 %. Count from the hens still alive, and not from the 600 you bought; the second figure is called hen-housed, and shows losses as well. A weekly average is fairer than one day."}
]$m$, 3.5, '2026-04-28T10:52:30Z', 'en', 'u-0428');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d1ea2253-f498-4c1c-86b1-e0bf11548379', $m$[
  {"role":"user","content":"How do I humanely kill an old hen at home? She has a big tumour and can't stand any more. I've never done it"},
  {"role":"assistant","content":"I'm sorry about your hen; sparing her more of this is the kind thing. If you have never done it, a vet is the better choice, and many small-animal practices will see a hen the same day.\n\nNeck dislocation by hand is lawful for birds up to 3 kg and quick when done properly, yet it has to be learnt from someone experienced and not from a text at a bad moment. A neighbour who keeps poultry may come over. The Humane Slaughter Association publishes guidance. Please avoid gas, drowning or crushing pliers. Hens count as farmed animals in the UK, so the body may not be buried at home; the surgery can take it."},
  {"role":"user","content":"thank you, vet at 4pm"},
  {"role":"assistant","content":"That is a good decision. Until then leave her in a dim, quiet box on a towel, with water in reach and without the others. If she has had any medicine recently, or if another hen is losing weight or going lame, mention that at the surgery: Marek's disease and lymphoid leukosis both make tumours, and knowing may matter to the ones that remain. She can be wrapped in a light cloth for the journey, wings held to her body."}
]$m$, NULL, '2025-09-30T17:12:08Z', 'en', 'u-0416');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3f70b5b7-ada9-4455-ab78-d5a8fbe38fc8', $m$[
  {"role":"user","content":"my guinea fowl laid 40 eggs in bush and abandoned, putting them under broody hens. days to hatch?"},
  {"role":"assistant","content":"Guinea eggs need 26 to 28 days, about a week longer than chicken eggs, so choose broodies that have just begun to sit and won't give up at day 21. A local hen covers around twelve to fifteen of these small eggs. Float or candle them first and throw out any that are cracked, sloshing or smelly, as they may have been in the bush too long.\n\nDo you have a dry, closed place for the keets?"},
  {"role":"user","content":"yes small room. what will they eat the first week"},
  {"role":"assistant","content":"Give a turkey or game starter with 24 to 26 % protein if you can find it, ground fine; chick starter with some boiled egg or termites added is the local way round. Water should be in very shallow dishes with pebbles, since keets drown easily. Keep them dry and warm at about 35 °C in the first week, lowering by nearly 3 °C weekly. Wet grass at dawn kills more keets than hawks do, so let them out only after the dew, from six weeks on."}
]$m$, NULL, '2026-05-06T06:06:39Z', 'en', 'u-0435');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3ab27fd6-c8d0-41c6-b367-421035db42a9', $m$[
  {"role":"user","content":"pekin ducklings 12 days on chick starter, two walk with bowed hocks and sit a lot. whats missing?"},
  {"role":"assistant","content":"Niacin, most likely. Ducklings need about 55 mg per kg of feed, well above what chicks do, so many chick starters fall short and the hocks swell and bow. Change to a duckling or waterfowl feed, or add a niacin supplement or brewer's yeast to what you have; a vet or feed store can help with the amount. Mild cases improve within days, bones already bent do not straighten. Check too that the floor isn't slippery, because smooth plastic or newspaper splays legs by itself."}
]$m$, 4.5, '2026-06-21T14:39:11Z', 'en', 'u-0417');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ffd63144-8d23-4b81-9c82-f93465a3e031', $m$[
  {"role":"user","content":"can I give my hens leftover veg peelings from our kitchen, we're in Kent, someone on facebook says it's illegal"},
  {"role":"assistant","content":"They're right, odd as it sounds. In the UK it is against the law to feed poultry, pet hens included, anything that has passed through a household kitchen, unless that kitchen is entirely vegan; the rule exists to stop diseases carried by meat and other animal products. Vegetables straight from the garden, never taken indoors, are allowed. Give them as an extra after layer feed, and skip raw potato peel, avocado and anything mouldy."}
]$m$, 4.5, '2026-01-31T11:11:26Z', 'en', 'u-0416');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e0b89fb3-3b16-41c9-ad46-1dab2ca6fba4', $m$[
  {"role":"user","content":"rats taking eggs and chicks at night, bait not working, kids play nearby so careful. which bait box and where to put"},
  {"role":"assistant","content":"Layers need good feed with enough protein and calcium. Good feed gives good eggs."},
  {"role":"user","content":"i asked about rats??"},
  {"role":"assistant","content":"Rats are a problem on many farms. Keep the place clean and talk to a professional."}
]$m$, 1, '2025-10-17T13:48:54Z', 'en', 'u-0441');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ea9e1d6d-63b0-41c5-a3d0-81e4ec9383d6', $m$[
  {"role":"user","content":"Turkey poults 9 days old, 40 of 300 dead, they stand around with closed eyes and don't find the feeder. Brooder is 32C. What now"},
  {"role":"assistant","content":"Losses can have many reasons at this age. Make sure that temperature, feed, water and hygiene are right and watch the birds closely."},
  {"role":"user","content":"that is not helpful, 32 right or wrong?"},
  {"role":"assistant","content":"Temperature should be suitable for their age. A veterinarian could tell you more."}
]$m$, 2, '2026-03-03T23:02:37Z', 'en', 'u-0418');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3ded89b8-61f0-45fd-9976-c02cf2852b75', $m$[
  {"role":"user","content":"moving 1500 day old chicks Nairobi to Kisumu by car at night, how many per box, do they need water on the way, windows open or closed?"},
  {"role":"assistant","content":"Use chick boxes with holes and drive carefully. Not too hot."},
  {"role":"user","content":"and water?"},
  {"role":"assistant","content":"They can go some time without it because of the yolk."}
]$m$, 3, '2026-08-27T08:24:49Z', 'en', 'u-0428');

-- Spanish

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a4b5d994-f6bd-4a1e-a173-676a1d3fda06', $m$[
  {"role":"user","content":"buenas, tengo un lote de 12.000 pollos de engorde con 3 % de mortalidad acumulada al día 10. qué puede estar pasando? lo normal no era como 1?"},
  {"role":"assistant","content":"Ese 3 % triplica lo que se espera de una primera semana bien llevada, que es quedar por debajo del 1 %. Antes de pensar en un tratamiento hay que ordenar las muertes por día. Si la mayoría cayó entre los días 2 y 5, el problema vino de la incubadora o de la recepción: onfalitis, deshidratación, pollitos que nunca comieron. Si la curva sube desde el día 7, piense en una infección activa, en frío o en un fallo del agua.\n\nPáseme las bajas diarias, el peso al día 7 y lo que ve al abrir unos cuantos muertos frescos."},
  {"role":"user","content":"bajas: 25, 40, 62, 70, 55, 38, 24, 18, 15, 13. peso a los 7 dias 148 g. llegaron de 41 g. al abrirlos el ombligo feo y la yema sin reabsorber, amarillo verdosa"},
  {"role":"assistant","content":"Con esa curva, con pico al cuarto día y descenso después, y con sacos vitelinos retenidos, lo más compatible es una onfalitis bacteriana, casi siempre con *E. coli*. El peso lo confirma: usted logró 3,6 veces el peso inicial y la meta ronda las cuatro veces o algo más.\n\n1. Envíe al laboratorio 8 a 10 pollitos recién muertos o moribundos para cultivo y antibiograma.\n2. Avise a la incubadora con el número de lote y la edad de las reproductoras.\n3. Revise su recepción: temperatura del piso, horas de viaje, llenado de buche a las 24 horas.\n\nComo las bajas ya van cediendo, el veterinario decidirá si un antibiótico aporta algo a estas alturas."},
  {"role":"user","content":"y con los que quedan chiquitos qué hago?"},
  {"role":"assistant","content":"Recorra el galpón dos veces al día y elimine con un método humanitario a los que no llegan al bebedero o tienen el abdomen hinchado; no se recuperan y contaminan la cama. A los pequeños pero vivaces júntelos en un corral cerca de la criadora, con bandejas de alimento y bebederos a su altura durante cinco o seis días más. Mantenga la humedad por encima de 50 % y no baje la temperatura según la tabla, sino según cómo se reparten. El día 14 vuelva a pesar: si el lote arranca, llegará con unos días de atraso, no con un desastre."}
]$m$, 5, '2025-09-14T11:23:47Z', 'es', 'u-2107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('65df1279-feaf-468c-8319-9255ddda5663', $m$[
  {"role":"user","content":"Qué es la coccidiosis? es para un trabajo de la universidad, carrera de zootecnia, Lima"},
  {"role":"assistant","content":"La coccidiosis es una enfermedad intestinal causada por protozoos del género *Eimeria*. En la gallina se describen siete especies y cada una ataca un tramo distinto: *E. acervulina* el duodeno, *E. maxima* la parte media, *E. tenella* los ciegos. El ave ingiere ooquistes esporulados de la cama, el parásito se multiplica dentro de las células intestinales y las rompe; de cuatro a siete días más tarde salen ooquistes nuevos con las heces. Estos necesitan uno o dos días de calor, humedad y oxígeno para volverse infectantes. De ahí que una cama mojada sea el mejor aliado de la enfermedad."},
  {"role":"user","content":"y la subclínica? el profe la menciono como la mas cara"},
  {"role":"assistant","content":"Su profesor tiene razón. En la forma clínica se ven diarrea con sangre, plumas erizadas y muertes, así que alguien actúa. La subclínica no mata: daña la mucosa lo justo para que se absorba menos, el peso queda corto, la conversión empeora y la piel del pollo sale más pálida. Además abre la puerta a la enteritis necrótica por *Clostridium perfringens*. Se descubre con necropsias de rutina, puntuando las lesiones de 0 a 4 con el método de Johnson y Reid (1970), y contando ooquistes por gramo de heces o de cama. Para su trabajo, esa escala es una buena cita."}
]$m$, 4.5, '2025-09-21T16:04:12Z', 'es', 'u-2154');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('eaccabf5-16dc-417f-87ab-894edc15173e', $m$[
  {"role":"user","content":"tengo 80 pollos camperos de 5 semanas aca en jalisco y amanecieron 4 muertos, popo con sangre y los demas tristes con las alas caidas. sera coccidia???"},
  {"role":"assistant","content":"La edad, la sangre y las alas caídas apuntan a una coccidiosis cecal por *Eimeria tenella*. Abra uno de los muertos: si los ciegos, esas dos bolsas al final del intestino, están hinchados y llenos de sangre, hay poca duda.\n\nEl fármaco clásico es el amprolio en el agua, de 0,012 a 0,024 % durante 3 a 5 días, y luego 0,006 % una o dos semanas más. Que sea la única agua disponible y prepárela nueva a diario. Consulte hoy a un médico veterinario para que confirme y le indique la presentación y el periodo de retiro."},
  {"role":"user","content":"cuantos gramos le pongo por litro? el sobre dice amprolio 20 %"},
  {"role":"assistant","content":"El 0,024 % equivale a 240 mg de amprolio por litro. Un polvo al 20 % lleva 200 mg por gramo, así que harían falta 1,2 g de polvo por litro para la dosis alta y 0,6 g para la baja. Compare siempre con la etiqueta, porque el registro mexicano de su producto manda sobre mi cuenta.\n\nMientras tanto saque la cama mojada de alrededor de los bebederos, ponga material seco y suba los bebederos a la altura del lomo. No añada complejos con vitamina B1 durante el tratamiento, ya que el amprolio actúa compitiendo con ella."}
]$m$, 5, '2025-10-02T22:41:36Z', 'es', 'u-2188');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('29b9bdef-f0e5-42d4-aa56-a811fcd6b281', $m$[
  {"role":"user","content":"Necesito armar un calendario de vacunación para 5,000 ponedoras rojas que entran de un día. Zona Tehuacán, Puebla."},
  {"role":"assistant","content":"Tehuacán concentra muchas aves, de modo que su calendario debe salir de lo que circula ahí; tome esto como esqueleto para afinar con su veterinario:\n\n- Día 1, incubadora: Marek, y según el caso Newcastle o Gumboro en vector.\n- Semana 1 a 2: Newcastle y bronquitis vivas por aspersión u ojo.\n- Semana 2 a 4: Gumboro.\n- Semana 4 a 5: refuerzo de Newcastle y bronquitis.\n- Semana 6 a 8: primera de coriza; viruela por punción alar entre la 6 y la 10.\n- Semana 10 a 14: encefalomielitis, con cuatro semanas de margen antes de poner.\n- Semana 14 a 16: inactivada múltiple y segunda de coriza."},
  {"role":"user","content":"y la de influenza?"},
  {"role":"assistant","content":"La influenza no se decide en la granja. En México el uso de esas vacunas lo autoriza SENASICA por zona, subtipo y tipo de ave, y el producto se aplica bajo control oficial. Pregunte en la oficina estatal o a su unión de avicultores qué está permitido este año en Puebla y qué constancia le exigen para mover ave o gallinaza. Aplicar una vacuna no autorizada puede enmascarar un brote y dejarlo sin mercado. Lo que sí depende de usted: malla en ventanas, cambio de calzado y nada de patos ni aves de traspatio en el predio."},
  {"role":"user","content":"va. cómo sé si la de ojo quedó bien puesta?"},
  {"role":"assistant","content":"Dos comprobaciones sencillas. La primera se hace al momento: con el colorante del diluyente, la lengua y el paladar deben quedar teñidos; revise unas 100 aves y busque más de 95 % positivas. La segunda es serología tres o cuatro semanas después, en 20 sueros, mirando tanto el título medio como el coeficiente de variación. Para la viruela el control es distinto: a los 7 a 10 días aparece una costra en el punto de punción, el llamado prendimiento. Guarde lote, caducidad y nombre del vacunador en la hoja del galpón."}
]$m$, 5, '2025-10-09T13:17:05Z', 'es', 'u-2203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('6b5843c0-4e41-4bbc-b855-543bf64bd303', $m$[
  {"role":"user","content":"mi conversion me sale 1.85 a 42 dias con 2.65 kg, soy de Chincha Perú. como la bajo? pollo mixto en galpon abierto"},
  {"role":"assistant","content":"Un índice de 1,85 con ese peso deja margen claro; las líneas actuales, con alimento y ambiente de objetivo, se mueven bastante por debajo de 1,70 a esa edad. Yo buscaría en este orden:\n\n1. Desperdicio: plato a la altura del lomo y lleno a un tercio.\n2. Finos: si más de la mitad del pellet llega hecho polvo al comedero, se paga caro.\n3. Mortalidad tardía: cada pollo muerto en la sexta semana se llevó casi 4 kg de alimento.\n4. Frío de madrugada en la crianza, típico en la costa de junio a septiembre.\n5. Daño intestinal subclínico.\n\n¿Cuánto murió después del día 28?"},
  {"role":"user","content":"murieron como 2.8% despues del 28 y en total 6. el alimento lo hacemos nosotros en harina"},
  {"role":"assistant","content":"Ahí tiene dos explicaciones que suman. La harina obliga al pollo a gastar más tiempo comiendo y permite que seleccione partículas; el paso a migaja y pellet de buena calidad suele traer de las mejores respuestas que se pueden comprar. Si no es posible, muela parejo, sin polvo fino, y agregue algo de aceite para fijarlo.\n\nLa mortalidad tardía pide necropsias: ¿mueren boca arriba los machos más grandes, con líquido en el vientre, o cojos? Cada respuesta lleva a otra corrección. Anote la causa probable de cada baja durante una campaña y hablamos con datos."}
]$m$, 4.5, '2025-10-17T09:52:33Z', 'es', 'u-2231');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e2b25751-2a16-4c6e-855a-32be07c0749f', $m$[
  {"role":"user","content":"che, el agua del pozo acá en Entre Ríos da pH 8,1. le ponemos cloro pero igual tengo cañerías con babita. cuánto cloro va?"},
  {"role":"assistant","content":"El dato que te falta es el cloro libre medido en el último niple, no lo que dosificás en el tanque. Buscá entre 3 y 5 ppm ahí. Con un pH de 8,1 la mayor parte de ese cloro está como hipoclorito, que mata mucho más lento que el ácido hipocloroso; por eso hace falta bajar el pH a menos de 7, con un ácido compatible y dosificado aparte, nunca mezclado en el mismo balde porque libera gas tóxico.\n\nLa babita es biofilm, y con el cloro de mantenimiento no se va. Eso se limpia con el galpón vacío."},
  {"role":"user","content":"y con que se limpia el biofilm?"},
  {"role":"assistant","content":"Entre crianzas, llená las líneas con un producto a base de peróxido de hidrógeno estabilizado a la concentración de etiqueta, dejalo actuar las horas que indique el fabricante y después purgá con presión, línea por línea, hasta que salga limpia. Desarmá un regulador y un tramo final para ver con tus ojos. Si el agua trae hierro o mucha dureza, hay sarro debajo y conviene un ácido primero. Ya con pollos, purgá dos veces por semana, y a diario mientras sean chicos o después de dar vitaminas, porque el azúcar alimenta a la película."}
]$m$, 4, '2025-10-23T18:36:58Z', 'es', 'u-2246');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('bcc45d5c-4279-4107-bc5d-8caf2a1fcd8b', $m$[
  {"role":"system","content":"Eres el asistente técnico de la aplicación. Responde en español, de forma breve y práctica, y recomienda consultar al veterinario cuando proceda."},
  {"role":"user","content":"Nave de broilers en Lleida, 28 días, la cama está hecha una plasta y por la mañana pican los ojos. He subido la calefacción y nada."},
  {"role":"assistant","content":"Si te pican los ojos, pasas con holgura de 20 ppm de amoniaco, que es además el tope que fija la Directiva 2007/43/CE para las naves de mayor densidad. Calentar sin renovar aire solo evapora agua que luego condensa sobre la cama.\n\nEsta noche prueba lo contrario: sube la ventilación mínima de la madrugada en ciclos cortos, con la depresión suficiente para que el aire entre pegado al techo, y deja que la calefacción compense. Apunta la humedad relativa a las seis de la mañana; por encima del 70 % la cama no va a secar nunca."},
  {"role":"user","content":"ok, y la plasta que ya hay?"},
  {"role":"assistant","content":"Retira las placas de las zonas peores, sobre todo bajo las líneas de bebida, y repón con viruta seca. Remover la costra con los pollos dentro suelta de golpe el amoniaco retenido, así que hazlo solo con los ventiladores en marcha y por tramos. Mide luego el caudal de las tetinas y su altura: a los 28 días deben beber con el cuello estirado y las patas bien apoyadas. Mira también unas cuantas plantas de las patas; si ves costras negras, el daño lleva días. Y si además las heces vienen sueltas, que el veterinario valore el intestino."}
]$m$, 5, '2025-11-04T07:48:21Z', 'es', 'u-2260');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('156d6a6b-3d55-4089-9788-f1fe01883865', $m$[
  {"role":"user","content":"se me murieron 60 pollos ayer en la tarde en Tizimín Yucatán, 38 grados, galpón abierto, 35 días. hoy va a estar igual que hago"},
  {"role":"assistant","content":"Para hoy, en orden de urgencia: agua fresca corriendo por las líneas desde el mediodía, púrguelas cada hora; retire el alimento a media mañana, unas cuatro a seis horas antes del pico, y regréselo cuando afloje el calor; todos los ventiladores encendidos desde temprano, sin esperar a que jadeen. Camine despacio entre las aves cada 20 o 30 minutos para que se levanten y suelten el calor atrapado debajo del cuerpo. Nada de vacunar, pesar ni mover hoy. ¿Tiene aspersores o nebulizadores?"},
  {"role":"user","content":"tengo nebulizador pero esta como 80% la humedad en la mañana"},
  {"role":"assistant","content":"Por la mañana, con 80 %, no lo prenda: el agua no se evapora y le quita al pollo su única defensa, que es el jadeo. Fíjese en la humedad a las dos de la tarde; con 38 °C suele caer a la mitad o menos. Úselo entonces, en golpes cortos, con aire en movimiento y apagándolo si pasa de 70 a 75 % o si ve la cama mojada. Donde el aire sale de verdad cargado de humedad, lo que enfría es la velocidad sobre el ave."},
  {"role":"user","content":"y si los mojo directo con la manguera?"},
  {"role":"assistant","content":"Mojar directo puede salvar pollos grandes en una emergencia, siempre que el aire se mueva fuerte y el agua no esté helada. Hágalo sobre el lomo, poca agua, y solo en el grupo que ya está postrado o muy agitado. Sin viento sobre ellos es peor, porque queda un baño de vapor a ras de suelo, y la cama le va a cobrar la factura una semana en amoniaco. Téngalo como último recurso, no como rutina de tarde."},
  {"role":"user","content":"electrolitos sirven? me ofrecen uno con bicarbonato"},
  {"role":"assistant","content":"Sirven como apoyo, no como sustituto del viento y del agua fresca. El pollo que jadea pierde CO2, la sangre se vuelve alcalina y elimina potasio; reponer sales anima a beber, que es donde está la ganancia. Empiece la víspera o de madrugada, dé la dosis de etiqueta y corte por la noche para no aflojar las heces. Si el alimento ya lleva bicarbonato, reste ese sodio con ayuda del nutricionista. Antes de gastar, mida la temperatura del agua en el último bebedero: arriba de 30 °C beben menos, y una sombra sobre el tinaco le rinde más que el sobre."}
]$m$, 5, '2026-05-06T20:15:44Z', 'es', 'u-2278');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('31550979-9838-4c2f-ac26-e18ab41fc914', $m$[
  {"role":"user","content":"tengo 9 gallinas en Burgos y han dejado de poner desde que se hizo de noche tan pronto. pongo una bombilla?"},
  {"role":"assistant","content":"La luz manda: con menos de unas 12 horas al día la puesta se apaga, y a eso se suma la muda de otoño. Puedes llegar a 14 o 15 horas en total con una bombilla LED cálida y un temporizador, encendiéndola de madrugada mejor que de noche, así no se quedan a oscuras de golpe fuera del palo. Sube media hora por semana. Basta con poder leer un periódico a la altura de sus cabezas. Si están cambiando la pluma, deja que terminen antes; necesitan ese descanso."},
  {"role":"user","content":"pero es malo para ellas obligarlas? tienen 2 años"},
  {"role":"assistant","content":"Mientras tengan al menos ocho horas seguidas de oscuridad, comida de ponedoras y calcio a voluntad, el alargar el día no las enferma. Lo que sí las castiga es encender y apagar sin regla, porque un día corto de repente les corta la puesta y provoca otra muda. Con dos años van a poner menos de todos modos. Mucha gente con pocas gallinas prefiere dejarlas parar en invierno y recuperar los huevos desde finales de enero, cuando el día crece solo. Es cuestión de lo que esperes de ellas."}
]$m$, 4, '2025-11-12T19:27:09Z', 'es', 'u-2291');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e0630ba9-fe6d-43b4-8cf5-0f2035b48772', $m$[
  {"role":"user","content":"los camiones de alimento entran hasta los silos y luego van a otra granja. como lo manejo sin pelearme con la fábrica"},
  {"role":"assistant","content":"Lo más barato es que el camión no pise la zona limpia. Si los silos se pueden correr hasta el cerco, la manguera de descarga pasa por encima y el chofer se queda afuera. Mientras eso llega: arco o aspersión de ruedas y bajos tras quitar el lodo, tapete no, porque con tierra no desinfecta; que el operador no baje o use botas y overol suyos, propiedad de la granja; bitácora con placa y última granja visitada. Pida a la fábrica que programe su entrega como primera del día. Ese favor no les cuesta y a usted lo protege."},
  {"role":"user","content":"y el camión de la pollinaza y el de los muertos?"},
  {"role":"assistant","content":"Esos dos son más peligrosos que el de alimento, así que sepárelos por completo. Ponga el contenedor de mortalidad junto a la entrada, con tapa, de modo que se vacíe desde el lado sucio; su gente lo lleva con carretilla que se lava antes de volver. La pollinaza se saca al vaciar la caseta, tapada con lona, por un camino que no cruce con el del alimento ni el de la pollita. Si un vecino tiene un brote, suspenda la salida hasta hablar con la autoridad sanitaria, que puede exigir tratamiento previo."}
]$m$, 4.5, '2025-11-19T14:58:40Z', 'es', 'u-2203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ad7761bb-37b7-4140-97d8-d57021d78c1e', $m$[
  {"role":"user","content":"mañana recibo 18 mil pollitos, es mi primera vez con galpón propio en Santander. lista de chequeo porfa"},
  {"role":"assistant","content":"Vamos por horas.\n\n- Desde 24 horas antes: calefacción encendida, hasta lograr 28 a 30 °C en la cama y unos 30 °C en el aire, con 60 a 70 % de humedad.\n- Tres horas antes: purgar líneas, agua fresca, gotas visibles en los niples, presión baja.\n- Una hora antes: papel sobre al menos la mitad del área de cría con alimento en migaja, luz de 30 a 40 lux pareja.\n- Al llegar: temperatura cloacal de 20 pollitos, entre 39,4 y 40,5 °C; peso de tres cajas; descargar rápido y con suavidad."},
  {"role":"user","content":"y despues q los suelto q miro"},
  {"role":"assistant","content":"Primero espere una hora sin molestar y luego mire el reparto. Amontonados y piando fuerte es frío; pegados a las paredes con el pico abierto es calor; todos de un solo lado es una corriente. Después vienen los buches: palpe 30 o 40 pollitos de varios sitios. A las dos horas deben estar llenos en tres de cada cuatro; a las 24, en el 95 %. Buche duro quiere decir que comió y no bebió; hinchado y flojo, que bebió sin comer."},
  {"role":"user","content":"listo, llegaron. cloaca 38.6 en promedio y el viaje fue de 7 horas, q hago"},
  {"role":"assistant","content":"Vienen fríos, aunque tiene arreglo si actúa en la próxima hora. Suba el aire un par de grados, hasta unos 32 °C, y compruebe la temperatura del piso con el termómetro infrarrojo, porque por las patas se les va el calor. Cierre cortinas del lado del viento sin dejar el galpón hermético: el gas de la criadora necesita salida. Repita la toma cloacal en los mismos puntos a los 60 minutos; pasados de 40,5 °C habría que aflojar. Agua tibia, ni helada ni caliente."},
  {"role":"user","content":"a las 24 horas el buche lleno me dio 88%. es grave?"},
  {"role":"assistant","content":"No es grave, pero dice que cerca de uno de cada ocho todavía no ha arrancado, seguramente los que llegaron más fríos. Refuerce hoy mismo: más papel con migaja, bandejas en las esquinas flojas, luz al máximo y un recorrido cada dos horas llevando pollitos quietos hasta el niple. Deje 23 horas de luz hasta el día 7. Mañana palpe de nuevo. Prepárese para que el peso de la primera semana quede algo por debajo de la guía; cuando lo tenga, compare con el peso de llegada y ajustamos."}
]$m$, 5, '2026-01-15T10:09:53Z', 'es', 'u-2107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('908f5b9d-552b-4f87-a2bb-03d2c6a7c1bb', $m$[
  {"role":"user","content":"cómo calculo uniformidad de un lote de pollonas? pesamos 100 y no se si es CV o lo otro"},
  {"role":"assistant","content":"Son dos formas de decir casi lo mismo. La uniformidad es el porcentaje de aves que cae dentro de ±10 % del peso medio: si la media es 1.200 g, cuente las que están entre 1.080 y 1.320. El coeficiente de variación es la desviación estándar dividida entre la media, por cien. Para pollonas conviene pasar de 85 % de uniformidad, que equivale más o menos a un CV de 7. Pese siempre ave por ave, del mismo cerco completo, sin escoger, y el mismo día de la semana antes de dar de comer."},
  {"role":"user","content":"salió 71%, semana 9. se puede recuperar?"},
  {"role":"assistant","content":"A la semana 9 todavía hay tiempo, ya que el esqueleto se está formando y termina de hacerlo por la 12 o 13. Separe en tres grupos por peso y dé a las livianas más espacio de comedero y el alimento de la fase anterior hasta que alcancen la curva. No castigue a las pesadas bajando ración: manténgalas. Luego pregúntese de dónde vino la dispersión: un despique desparejo, poco comedero, reacción vacunal o coccidiosis son los sospechosos habituales. Vuelva a pesar cada semana y, si a la 12 sigue debajo de 80 %, retrase el estímulo de luz."}
]$m$, 4, '2025-12-03T15:33:18Z', 'es', 'u-2154');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9442df64-3f06-43b7-b1dc-cc66c533131f', $m$[
  {"role":"user","content":"Hola, al recoger huevos de noche se me llenan las manos de bichitos rojos diminutos, pican. ¿son pulgas? 14 gallinas, Córdoba (España)"},
  {"role":"assistant","content":"Por la hora y el color se trata casi seguro del ácaro rojo, *Dermanyssus gallinae*. De día se esconde en las grietas y de noche sube a chupar sangre; por eso las gallinas parecen limpias a mediodía. Pasa una hoja de papel blanco por debajo del palo después de anochecer: si quedan rayas rojas, confirmado. Mírales también la cresta, que si está pálida hay anemia. A ti te puede picar, aunque en la piel humana no se queda a vivir."},
  {"role":"user","content":"como lo elimino sin veneno"},
  {"role":"assistant","content":"Con paciencia y calor de junio en contra, porque completa su ciclo en unos siete a diez días.\n\n1. Vacía el gallinero, quema o embolsa la paja y aspira las ranuras.\n2. Vapor o agua a presión en los extremos de los palos, ponederos y tornillería.\n3. Al secar, sílice o tierra de diatomeas en las juntas, con mascarilla.\n4. Repite a los cinco y a los diez días, siempre.\n5. Cambia la madera rajada por metal o plástico, y apoya los palos en tazas con aceite.\n\nLa clave es la repetición; una sola limpieza deja los huevos vivos."},
  {"role":"user","content":"llevo un mes asi y vuelven. mi vecino le echa ivermectina"},
  {"role":"assistant","content":"Dile que la ivermectina no está autorizada en España para gallinas que ponen huevos de consumo, y sus residuos pasan a la yema. La alternativa legal que mejor funciona es el fluralaner en el agua de bebida, 0,5 mg por kilo de peso en dos tomas separadas por siete días; tiene espera cero en huevos y 14 días en carne, con receta. Mata los ácaros que piquen, así que dos ciclos completos se quedan sin descendencia. Sigue con el sellado de grietas, ya que aguanta cerca de ocho meses sin comer en un gallinero vacío."}
]$m$, 5, '2026-06-18T21:37:02Z', 'es', 'u-2312');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1e72404f-5a96-4f37-8558-cdfd3eb8b123', $m$[
  {"role":"user","content":"mi gallina echó una lombriz blanca larga en la popo, como de 7 cm. que les doy a las demas? son 20 y vendo el huevo en el barrio. Morelia"},
  {"role":"assistant","content":"Por el tamaño corresponde a *Ascaridia galli*, la lombriz redonda del intestino delgado. Si una la expulsa, las compañeras de patio también la tienen. Antes de comprar, junte excremento fresco de cinco o seis aves en un frasco y pida un coproparasitoscópico; cuesta poco y distingue ascáridos de capilarias, que no responden igual.\n\nComo vende huevo, el producto debe estar registrado para ponedoras. El fenbendazol en agua, a 1 mg por kilo al día durante cinco días, es una opción frecuente; consulte con su médico veterinario el retiro que indica la etiqueta."},
  {"role":"user","content":"y cada cuando se desparasitan"},
  {"role":"assistant","content":"No hay un calendario fijo que valga para todos. Desde que el ave traga el huevo hasta que pone huevos nuevos la lombriz pasan de cinco a ocho semanas, así que repita el examen a las seis u ocho semanas y decida con el resultado. Tratar a ciegas cada mes fabrica resistencia. Ayuda más rotar el patio, quitar el lodo del bebedero, encalar la zona del dormidero y no juntar pollitas con gallinas viejas, que son las que siembran el suelo."}
]$m$, 4, '2026-02-11T17:20:39Z', 'es', 'u-2330');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0d567f92-640e-4702-bbca-667ad0e2f8ce', $m$[
  {"role":"user","content":"Hola, en Luján. Se me cayó una polla de 12 semanas con una pata para adelante y otra para atrás, come pero no se para. Es la segunda. ¿Marek?"},
  {"role":"assistant","content":"Esa postura de corredora, con una pata adelante y la otra atrás, es la imagen clásica de Marek por inflamación del nervio ciático, y las 12 semanas encajan, ya que suele verse entre las 6 y las 30. Conviene descartar un golpe o una falta de vitamina B2, más propia de pollitos chicos. La confirmación es por necropsia: nervios engrosados de un solo lado, a veces tumores en hígado u ovario, e histopatología. ¿Las compraste vacunadas?"},
  {"role":"user","content":"no estaban vacunadas, las saqué con una clueca. ¿se cura?"},
  {"role":"assistant","content":"Lamentablemente no tiene tratamiento, y el virus ya está en el polvo de pluma del gallinero, donde dura meses. Si la polla no llega al agua o adelgaza, lo compasivo es sacrificarla; las otras quizá no enfermen nunca. Para la próxima nidada sirve la vacuna al primer día de vida, por inyección, y criar los pollitos aparte de las adultas al menos dos semanas, mientras se forma la defensa. La vacuna evita los tumores, aunque no impide que se contagien. El virus no afecta a personas."}
]$m$, 4.5, '2025-12-14T12:02:27Z', 'es', 'u-2345');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('8674bff5-c608-4c55-8e3d-edd90e3dd55a', $m$[
  {"role":"user","content":"Buenos días doc. Un vecino perdió 40 gallinas de 60 en tres días, con el cuello torcido y diarrea verde. estoy a 500 m con 12000 pollos"},
  {"role":"assistant","content":"Cuello torcido, heces verdes y dos tercios de muertes en tres días obligan a sospechar de Newcastle velogénico, y la influenza aviar da un cuadro que a simple vista no se separa. Ambas son de notificación obligatoria. Dígale al vecino, hoy y por teléfono, que llame a la oficina local del ICA; si él no lo hace, llame usted. No vaya a mirar. Que nadie de su casa entre allá ni reciba gallinas, huevos o vísceras de regalo."},
  {"role":"user","content":"ya llamamos. q hago con mis pollos mientras vienen? estan vacunados en incubadora"},
  {"role":"assistant","content":"Cierre la granja. Solo su galponero, con ropa y botas que no salen del galpón, ducha si puede; ni camiones ni comprador hasta que haya resultado. Anote consumo de agua, alimento y bajas dos veces al día: una caída del agua suele avisar antes que las muertes. Amarre o encierre perros, y tape los huecos por donde entren palomas. La vacuna de incubadora protege de morir, pero un lote de pocas semanas puede infectarse y eliminar virus, de modo que no se confíe. Un refuerzo ahora solo lo decide el ICA con su veterinario."},
  {"role":"user","content":"y si sale positivo el del vecino pierdo mi lote?"},
  {"role":"assistant","content":"No necesariamente. La autoridad delimita un foco y, alrededor, un perifoco con vigilancia; si sus aves siguen sanas y el muestreo da negativo, lo habitual es que queden en cuarentena con movimientos restringidos y puedan ir a planta con licencia. Lo que pesa a su favor es el papel: registro de visitas, certificado de vacunación, mortalidad diaria y su condición de granja registrada. Tenga eso en una carpeta cuando llegue el funcionario. Pregúntele además los plazos, porque eso cambia según el caso y no me corresponde adelantarlo."}
]$m$, 5, '2026-03-27T08:25:11Z', 'es', 'u-2107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('17bf3abe-e57f-492a-a8c3-868fa3c02db7', $m$[
  {"role":"user","content":"para vacunar gumboro en agua a que dia? unos me dicen 7 otros 14 y otros 18. pollo engorde, Trujillo"},
  {"role":"assistant","content":"Ninguno de los tres está mal; el día depende de los anticuerpos que el pollito trae de la madre. Si se vacuna demasiado pronto, esos anticuerpos neutralizan la cepa; demasiado tarde, llega antes el virus de campo, que golpea sobre todo entre las tres y las seis semanas.\n\nLa forma seria es sangrar de 18 a 20 pollitos en los primeros días, hacer ELISA y aplicar la fórmula de Deventer, que estima cuándo el lote baja al título que su cepa puede atravesar. ¿Su lote viene de una sola reproductora o de varias?"},
  {"role":"user","content":"siempre vienen mezclados de varias, por eso pregunto"},
  {"role":"assistant","content":"Mezcla de orígenes quiere decir títulos disparejos, y ahí una fecha única deja a una parte sin cubrir. Dos salidas: una vacuna aplicada en la incubadora, sea de inmunocomplejo o vectorizada en HVT, que funciona con anticuerpos maternos presentes; o dos tomas en agua separadas por unos cinco a siete días. Pida a la planta que al menos agrupe los pollitos por galpón según edad de la reproductora. Después controle: bolsas de Fabricio a los 28 y 35 días, comparadas en tamaño con el bazo."}
]$m$, 4.5, '2026-01-28T23:11:50Z', 'es', 'u-2361');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9f596cf2-344d-4455-a4cf-9bf32fd48406', $m$[
  {"role":"user","content":"caseta de 30 semanas, empezaron ojos cerrados, cara hinchada, moco que apesta y bajó la postura de 92 a 80. no mueren casi"},
  {"role":"assistant","content":"Cara hinchada, moco fétido, contagio de dos o tres días entre filas y poca mortalidad dibujan una coriza infecciosa, por *Avibacterium paragallinarum*. Tome hisopos de senos infraorbitarios de cuatro o cinco gallinas recién enfermas, no de las crónicas, y mándelos fríos para PCR y serotipo. Pida de paso micoplasma y bronquitis, que muchas veces la complican.\n\n¿Las vacunó de coriza en la crianza? Si lo hizo, con qué serotipos: en México se han aislado A, B y C y la protección cruzada es parcial."},
  {"role":"user","content":"sí dos veces, con A y C. el médico me quiere dar oxitetraciclina. y el huevo?"},
  {"role":"assistant","content":"Su médico tendrá presente que el antibiótico acorta el cuadro y baja la hinchazón, pero deja portadoras que recaen al suspenderlo. Si la receta, pida por escrito dosis, días y retiro en huevo, y aparte lo producido hasta cumplirlo; mezclarlo con el de otras casetas compromete todo. Serotipo B en el resultado explicaría el fallo de su vacuna. A largo plazo, lo que corta la coriza es no juntar edades: la pollita nueva se enferma del aliento de la gallina vieja."}
]$m$, 4, '2026-02-22T14:46:08Z', 'es', 'u-2203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d54a4163-899c-41be-a983-568c541169cb', $m$[
  {"role":"system","content":"Asistente de sanidad avícola para España. Si hay sospecha de enfermedad de declaración obligatoria, indica siempre avisar a los servicios veterinarios oficiales."},
  {"role":"user","content":"tengo 6 gallinas sueltas en la huerta, en Doñana cerca, y ha aparecido un ganso muerto en la acequia. me han dicho que hay q encerrarlas, es obligatorio?"},
  {"role":"assistant","content":"Un ganso muerto junto a una marisma en noviembre hay que tratarlo como posible gripe aviar. No lo toques ni dejes que lo hagan los perros: avisa al 112 o a los agentes de medio ambiente y da la ubicación.\n\nSobre el encierro: el Ministerio y tu comunidad publican las zonas de especial riesgo y, cuando se activa la medida, obliga también a los gallineros de autoconsumo. Llama a tu oficina comarcal agraria y pregunta por tu municipio. Entretanto, mételas bajo techo o con malla fina que no deje pasar gorriones, comida y agua dentro, nada de agua de la acequia, y botas solo para el gallinero. Si alguna muere de repente o deja de comer, llama el mismo día a los servicios veterinarios oficiales."}
]$m$, 4.5, '2025-11-25T18:14:34Z', 'es', 'u-2388');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('875cddb1-d6cd-4234-8e2a-203e06eacdf9', $m$[
  {"role":"system","content":"Eres un asistente para técnicos de puesta. Cita la norma aplicable si la conoces."},
  {"role":"user","content":"Entran 20.000 pollitas en suelo con 17 semanas. ¿Qué autocontroles de salmonela me tocan en producción y cómo se toman?"},
  {"role":"assistant","content":"En gallinas adultas el primero toca hacia las 24 semanas de vida, con un margen de dos, y después al menos cada 15 semanas, según el Reglamento (UE) 517/2011. En suelo se recogen dos pares de calzas absorbentes, recorriendo toda la nave con ellas sobre las botas y humedecidas antes; en jaulas serían dos muestras de 150 g de heces. Lávate las manos, calzas nuevas por manada y envío al laboratorio autorizado cuanto antes, refrigerado. El operador debe guardar los informes, y además pasará el control oficial. De la recría tendrías que recibir sus resultados y el certificado de vacunación."},
  {"role":"user","content":"si sale enteritidis qué pasa con los huevos"},
  {"role":"assistant","content":"Desde la sospecha o confirmación de Enteritidis o Typhimurium, incluida la variante monofásica, los huevos no pueden ir como clase A: se marcan y van a industria con un tratamiento que destruya la bacteria. Los servicios oficiales inmovilizan la manada, abren encuesta epidemiológica y suelen acordar el sacrificio. No intentes sanearla con antibiótico, porque el Reglamento (CE) 1177/2006 lo prohíbe como medida de control salvo excepciones tasadas. Al vaciar vendrá limpieza, desinfección, desratización seria y un muestreo ambiental negativo antes de volver a meter aves. El objetivo comunitario es quedar en un 2 % o menos de manadas positivas."}
]$m$, 5, '2026-04-08T09:31:16Z', 'es', 'u-2402');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e040e811-588d-4aa3-8bf1-729f6300c8c2', $m$[
  {"role":"user","content":"pollos de 30 dias roncando, y al abrirlos hay una tela amarilla en el corazon y el higado. 1% diario de baja. q antibiotico le meto"},
  {"role":"assistant","content":"Esa capa de fibrina sobre corazón e hígado, con sacos aéreos turbios, es una colibacilosis, que casi nunca empieza sola. Suele venir detrás de una reacción vacunal, bronquitis, micoplasma, polvo o amoniaco. Con 1 % diario hay que actuar hoy, pero a tiro hecho: lleve hígado y pericardio de cinco pollos recién muertos para cultivo y antibiograma, pues *E. coli* resiste a muchos fármacos de uso corriente. El veterinario puede iniciar una terapia con lo que funcionó en su último antibiograma y ajustarla a las 48 horas. Sume el periodo de retiro a su fecha de saca. Mientras, más aire de noche y agua clorada."},
  {"role":"user","content":"ok llevo mañana temprano las muestras, solo q el lote sale a los 42. me alcanza el retiro?"}
]$m$, 4, '2026-03-04T19:58:23Z', 'es', 'u-2361');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('c03c8353-fdfb-437b-a8d7-416aa2357782', $m$[
  {"role":"user","content":"Muerte brusca en pollos de 24 días, buenos, gordos, y el intestino parece una toalla vieja. dieta con trigo este mes"},
  {"role":"assistant","content":"La mucosa con aspecto de toalla, en aves de buen estado y a los 24 días, es casi un retrato de enteritis necrótica: *Clostridium perfringens* con sus toxinas. Aparece sobre todo entre las dos y las seis semanas, y tu cambio a trigo es un desencadenante conocido, ya que sus polisacáridos vuelven viscoso el contenido y dejan comida para el clostridio. Hacé llegar al veterinario tramos de yeyuno frescos, en formol para histología y refrigerados para cultivo anaerobio, y pedile que puntúe coccidias en la misma necropsia."},
  {"role":"user","content":"me recetó amoxicilina 5 dias. cuanto trigo puedo poner?"},
  {"role":"assistant","content":"Más que un tope de trigo importa cómo lo acompañes: xilanasa adecuada a la matriz, molienda gruesa o trigo entero gradual, y un cambio de fórmula en tres o cuatro días, no de un día al otro. Revisá asimismo harina de pescado o proteína mal digerida, que empujan en el mismo sentido. Del antibiótico, cumplí los cinco días que te indicaron aunque mejoren al segundo y respetá el retiro impreso. Pasala en bebida preparada a diario, con cloro suspendido durante ese rato."},
  {"role":"user","content":"y la vacuna de coccidia puede haber provocado esto? los vacuné en la incubadora"},
  {"role":"assistant","content":"Puede haber contribuido. La vacuna viva se recicla en la cama y entre los días 16 y 24 produce su segunda o tercera vuelta de ooquistes, con algo de daño en la mucosa; si ahí coincide una cama muy húmeda o muy densa, el clostridio lo aprovecha. Eso no la descalifica. Controlá que la aplicación en incubadora llegue a todos los pollitos, porque los que no la recibieron se infectan de golpe más tarde, y cuidá que la cama esté ni polvo ni barro en esas semanas."}
]$m$, 4.5, '2026-07-09T15:05:44Z', 'es', 'u-2246');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('27b07cea-463a-4932-9921-8957ff45fdf8', $m$[
  {"role":"user","content":"tengo como 4% de pollos cojos a los 33 días, se sientan en los tarsos y se apoyan en las alas. caseta en Querétaro, macho"},
  {"role":"assistant","content":"Apoyarse en las alas y sentarse sobre los tarsos, a esa edad y en machos, sugiere condronecrosis bacteriana, la antes llamada necrosis de la cabeza del fémur. Sacrifique ocho cojos y examine: desarticule la cadera con cuidado y vea si la cabeza se desprende con zonas amarillas; corte la tibia a lo largo en busca de un tapón de cartílago; y no olvide la vértebra torácica libre, donde *Enterococcus cecorum* forma abscesos. Siembre médula ósea. Cada hallazgo lleva una medida distinta."},
  {"role":"user","content":"en 6 de 8 estaba la cabeza del femur podrida. ahora? antibiotico?"},
  {"role":"assistant","content":"Con el hueso ya muerto el antibiótico llega tarde, y los que no caminan deben eliminarse sin demora por bienestar. El trabajo está en el lote siguiente: crecimiento algo más pausado en las dos primeras semanas con un periodo oscuro de seis horas, cama pareja sin desniveles ni rejillas que los hagan cargar de lado, agua limpia para cortar bacteriemias y revisar con la incubadora la contaminación del huevo. Cuide también el estrés de calor y la inmunosupresión por Gumboro. El cultivo le dirá si predomina estafilococo, *E. coli* o enterococo."}
]$m$, 4, '2026-04-19T11:44:57Z', 'es', 'u-2419');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2411a03a-22f7-4afb-a6fd-f987aaac7377', $m$[
  {"role":"user","content":"Ayuda, mis gallinas se pican la cola hasta sacarse sangre. 300 ponedoras de suelo en Rionegro Antioquia, 24 semanas"},
  {"role":"assistant","content":"Primero lo urgente: aparte hoy a las heridas, porque la sangre llama a más picaje, y cúbrales la lesión con un aerosol cicatrizante autorizado, mejor oscuro. Después baje la luz, tape rayos de sol directos sobre el piso y póngales algo que desgarrar: fardos de pasto, bloques de picoteo, repollo colgado. Al entrar en postura el apetito no siempre acompaña, y un alimento corto en metionina, proteína o sodio dispara esta conducta. ¿Qué peso tienen y qué alimento están comiendo?"},
  {"role":"user","content":"pesan 1580 y la guia dice como 1850. el concentrado es en harina y siempre dejan el polvito"},
  {"role":"assistant","content":"Van cerca de 270 gramos por debajo, y eso es mucho a las 24 semanas. Están pagando el huevo con su propio cuerpo. Además el polvito que rechazan es justo donde van los aminoácidos, las vitaminas y la sal. Deje que vacíen el comedero una vez al día, reparta en más turnos, humedezca ligeramente la harina en la hora fresca si puede limpiar después, y hable con el proveedor sobre una molienda pareja y un prepico más denso unas semanas. Pese 60 aves cada lunes hasta volver a la curva."},
  {"role":"user","content":"me dicen q les corte el pico"},
  {"role":"assistant","content":"A esta edad no. Un despique en gallina adulta duele, deja neuromas, baja el consumo que justamente le falta y tumba la postura; donde se permite, se hace en los primeros días de vida y con personal entrenado. Con el peso recuperado y la luz suave debería ver menos sangre en dos o tres semanas. Si persiste, busque ácaro rojo de noche y parásitos internos, dos causas que hacen a la gallina inquieta. Mire cloacas de las que ponen huevos muy grandes: el prolapso empieza así."}
]$m$, 4.5, '2026-08-02T20:33:29Z', 'es', 'u-2435');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('cf8fbffd-b077-4dae-a24a-43530951f5a6', $m$[
  {"role":"user","content":"orden correcto para lavar y desinfectar galpon despues del lote? el administrador dice q con fumigar basta"},
  {"role":"assistant","content":"Fumigar sobre mugre es botar la plata, porque la materia orgánica inactiva casi todos los desinfectantes. El orden que funciona:\n\n1. Aves fuera, control de escarabajo y ratas mientras aún hay calor.\n2. Sacar toda la pollinaza lejos del galpón.\n3. Limpieza en seco: soplar y barrer de arriba hacia abajo.\n4. Remojo con detergente en espuma y 20 o 30 minutos de espera.\n5. Enjuague a presión y secado completo.\n6. Desinfectante, a la dosis por metro cuadrado que pide la etiqueta.\n7. Líneas de agua y tanques.\n8. Vacío con puertas cerradas."},
  {"role":"user","content":"y cuantos dias vacio minimo?"},
  {"role":"assistant","content":"Las guías de las casas genéticas rondan los 10 a 14 días, contados desde que el galpón queda limpio y desinfectado, no desde que sale el último pollo. Algunos países fijan además un mínimo en su reglamento, como España en el Real Decreto 637/2021. Si la planta lo apura, recorte logística antes que secado: el desinfectante aplicado sobre piso mojado se diluye. Para convencer a su administrador, mande un hisopado de pisos, comederos y niples a recuento después de desinfectar; un número en un papel discute mejor que uno."}
]$m$, 5, '2025-12-19T16:29:51Z', 'es', 'u-2447');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('6cb22b3d-a352-45cb-9770-b534c57419f1', $m$[
  {"role":"user","content":"Me cargan el jueves a las 4 de la mañana, pollo de 2,5 kg. Cuándo quito pienso y cuántos por caja"},
  {"role":"assistant","content":"Cuenta hacia atrás desde el sacrificio, no desde la carga: el ayuno total debe quedar entre 8 y 12 horas. Si el matadero está a dos horas y sacrifican a las ocho, corta el pienso entre las ocho de la tarde y la medianoche del miércoles. El agua, hasta que entre la cuadrilla.\n\nPara pollos de 1,6 a 3 kg el Reglamento (CE) 1/2005 pide 160 cm² por kilo. Con 2,5 kg son 400 cm² por ave, así que una caja con 4.500 cm² útiles lleva 11."},
  {"role":"user","content":"el año pasado tuve muchas alas rotas en el parte"},
  {"role":"assistant","content":"Las alas rotas casi siempre son prisa y luz. Deja la nave en azul o en penumbra, divide con vallas para que no se amontonen, y coge a las aves por el cuerpo, con las alas sujetas, nunca por una sola pata. Una cuadrilla que carga a destajo rompe más; pacta un ritmo y pon a alguien tuyo en la puerta con una hoja, contando lesiones por equipo. Verifica también los bordes de los módulos. Y mira la hora: a oscuras y sin calor aletean menos. Después compara con el decomiso del matadero."}
]$m$, 4, '2026-02-05T06:42:18Z', 'es', 'u-2260');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('15cffe35-9a97-4874-9d37-0e0f8ff5e2f5', $m$[
  {"role":"user","content":"ingeniero, en Cusco a 3300 msnm se me mueren los pollos grandes desde la semana 4, barriga llena de agua. serán 8% . hay vacuna?"},
  {"role":"assistant","content":"No existe vacuna, porque no es un contagio: eso es ascitis por hipertensión pulmonar. A su altura hay menos oxígeno, el corazón derecho empuja más sangre por un pulmón que no crece al ritmo del músculo, y al final falla; el líquido viene del hígado congestionado. Mueren los machos que más crecen. La manera de bajarlo es frenar el crecimiento en las primeras tres semanas, abrigar bien y dar aire limpio. ¿Cómo cría: criadora a gas, carpa, qué alimento y qué luz?"},
  {"role":"user","content":"criadora a gas, todo tapado con plastico por el frio, pellet desde el día 1 y luz toda la noche"},
  {"role":"assistant","content":"Esa combinación reúne casi todos los detonantes. El plástico cerrado con la criadora dentro consume oxígeno y acumula CO y CO2, justo donde falta aire. El pellet y la luz continua aceleran el crecimiento.\n\nCambie primero tres cosas: abra una salida de aire alta y una entrada regulable, sin que el viento dé en los pollitos; pase a harina hasta el día 21; dé al menos seis horas seguidas de oscuridad desde la segunda semana. Mantenga la temperatura de guía, pues el frío aumenta la demanda de oxígeno tanto como el peso."},
  {"role":"user","content":"pero si abro se enfria y gasto mas gas"},
  {"role":"assistant","content":"Va a gastar algo más, aunque menos que lo que cuesta un 8 % de pollo terminado. Reduzca el área: críe los primeros diez días en un tercio del galpón, con un cielo raso bajo de polietileno y una ranura de salida, así calienta poco volumen. Ponga doble cortina del lado del viento y cama de 8 a 10 cm sobre el suelo frío. Un medidor de CO es barato y lo cuida también a usted; debería marcar menos de 10 ppm. Si alguna vez le duele la cabeza adentro, salga y ventile."},
  {"role":"user","content":"y restringir cuanto % de alimento sin que me salga chiquito el pollo?"},
  {"role":"assistant","content":"Yo no empezaría por un porcentaje. La harina ya le baja el consumo de forma natural, y las horas oscuras hacen el resto. Si aún muere más de 3 % por ascitis, ensaye en una parte del galpón a retirar el comedero unas horas por la noche entre los días 8 y 21, con agua siempre, y compare con el resto. El pollo compensa buena parte del peso si se le da una o dos semanas más. Programe la venta con esa edad. Además pregunte a su proveedor por líneas mejor adaptadas a altura."}
]$m$, 5, '2025-10-29T13:26:40Z', 'es', 'u-2459');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1d22b3fb-2b77-4494-8825-7a7bb4b14b84', $m$[
  {"role":"user","content":"68 semanas, lote de 30 mil ponedoras marrones, huevo sucio y roto 9 %. cáscara finita. ¿Más calcio?"},
  {"role":"assistant","content":"Más calcio, sí, aunque antes cuándo y en qué forma. A las 68 semanas la gallina absorbe peor y el huevo es más grande, así que la misma cáscara se reparte en más superficie. Llevá el consumo a unos 4,3 a 4,6 g diarios y que cerca de dos tercios sea conchilla o piedra gruesa de 2 a 4 mm, que queda en la molleja y se libera de noche, cuando se calcifica. Dale una comida fuerte a la tarde. Controlá fósforo, vitamina D3 y el peso medio del huevo."},
  {"role":"user","content":"el nutricionista dice que ya tiene 4,4. ¿entonces?"},
  {"role":"assistant","content":"Entonces buscá afuera de la fórmula. Pesá una bolsa y pasala por tamiz: en muchas plantas la piedra gruesa se segrega y las últimas filas comen puro finito. Seguí el recorrido desde el nido a la caja con un huevo sensor o contando las roturas en cada etapa, porque un 9 % suele esconder un golpe en el elevador o un cable flojo. Mirá si la rotura sube con el calor, cuando el jadeo le roba bicarbonato, y descartá bronquitis con serología si aparecen huevos pálidos o rugosos."}
]$m$, 4.5, '2026-03-19T17:07:29Z', 'es', 'u-2462');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('041405cf-b4a4-4a30-91be-26634cad5702', $m$[
  {"role":"user","content":"oiga se les esta cayendo toda la pluma a mis gallinas y dejaron de poner, tienen año y medio. estan enfermas?"},
  {"role":"assistant","content":"Año y medio y finales de septiembre cuadran con la muda natural: el día se acorta, la gallina apaga el ovario, tira la pluma empezando por cabeza y cuello, y la cambia en dos o tres meses. Está sana si come, anda activa y se ven los cañones nuevos como popotes. Cosa distinta sería piel enrojecida, zonas peladas sólo en lomo y cloaca, o aves tristes; ahí se buscan piojos, ácaros o el gallo."},
  {"role":"user","content":"les doy algo para q acabe pronto?"},
  {"role":"assistant","content":"La pluma es casi pura proteína, de manera que el apoyo va en el plato: su alimento de ponedora, o uno con 16 a 18 % de proteína, sin diluirlo con tortilla ni maíz quebrado. Unas semillas de girasol o algo de pescado cocido dos veces por semana no estorban. No las bañe ni las cargue mucho, que los cañones duelen y sangran. Concha de ostión aparte, para cuando vuelvan. Al regresar ponen huevos más grandes y de mejor cáscara que los de julio, aunque menos."}
]$m$, 4, '2025-09-30T18:55:06Z', 'es', 'u-2330');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1473ad16-dea0-408f-bfb1-3165699b0b41', $m$[
  {"role":"system","content":"Asesor de producción ecológica de la aplicación. Contesta de forma concreta y con la norma europea vigente."},
  {"role":"user","content":"Quiero pasar mi nave de 4000 gallinas camperas a ecológico, Teruel. Qué me cambia en espacio?"},
  {"role":"assistant","content":"Te cambia la densidad y el tamaño del grupo. El Reglamento (UE) 2020/464 limita a 6 gallinas por metro cuadrado de superficie utilizable, con 4 m² de parque por ave, y a 3.000 ponedoras por compartimento, de modo que tus 4.000 irían en dos lotes separados. Súmale 18 cm de percha por gallina y un nido por cada siete. La luz artificial puede completar el día hasta 16 horas, con un descanso nocturno continuo de ocho como mínimo. Antes de obras, pide visita a tu organismo de control."},
  {"role":"user","content":"y si enferman? me han dicho que solo un antibiotico al año"},
  {"role":"assistant","content":"Es algo más matizado. El Reglamento (UE) 2018/848 permite curar con medicamentos de síntesis, bajo receta, cuando lo demás no basta. Si un animal recibe más de tres tratamientos en doce meses, o más de uno cuando su vida productiva dura menos de un año, pierde la calificación y debe reconvertirse. Vacunas, antiparasitarios y erradicaciones obligatorias no cuentan. El tiempo de espera se duplica respecto al legal y, si fuera de cero días, se aplican 48 horas. Dejar sufrir a una gallina por no perder el sello tampoco está permitido."}
]$m$, 4.5, '2026-05-21T10:18:34Z', 'es', 'u-2478');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('278d2578-36a2-4156-bfce-f783961d57d3', $m$[
  {"role":"user","content":"Le di enrofloxacina a las ponedoras 5 días por una diarrea, me la vendió el de la forrajera. ¿desde cuándo puedo vender huevo?"},
  {"role":"assistant","content":"Deténgase antes de vender: la enrofloxacina no está indicada en gallinas que producen huevo para consumo, y en varios países está expresamente vedada. El fármaco pasa a la yema, que tarda unos diez días en formarse, y puede detectarse bastante después de la última dosis. No le voy a dar un número de días porque no hay retiro registrado al cual agarrarse. Aparte el huevo desde la primera toma, márquelo, y hable con un médico veterinario que pueda fijar un plazo amparado en un análisis de residuos."},
  {"role":"user","content":"híjole. y ya vendí tres días de huevo"},
  {"role":"assistant","content":"Avise a quien se lo compró y ofrézcale cambiarlo; si son pocos clientes todavía se puede recuperar. Anote fechas, dosis, número de gallinas y producto con lote, porque será lo primero que le pregunten. El riesgo principal no es una intoxicación sino las resistencias bacterianas y las alergias. Lo que sigue es averiguar la diarrea: una muestra fresca de heces y dos aves muertas recientes dicen más que otro frasco. Y en adelante, ningún antibiótico sin receta, dosis por peso y retiro escrito en la bitácora."}
]$m$, 5, '2025-11-08T19:40:12Z', 'es', 'u-2203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a17b2b4a-4bbc-4658-bedf-ff5a05391a71', $m$[
  {"role":"user","content":"profe nos dejaron calcular el IEP o factor de eficiencia. viabilidad 95.5, peso 2.7, edad 40, conversión 1.62. me da 3.98 algo hice mal?"},
  {"role":"assistant","content":"Casi lo tiene; le faltó multiplicar por cien. La fórmula es viabilidad en porcentaje por peso en kilos, dividido entre edad por conversión, y todo por 100. Queda 95,5 × 2,7 = 257,85; abajo 40 × 1,62 = 64,8; el cociente es 3,98 y el índice, 398. Es un buen lote. Cuide que el peso sea el de planta y no el de una muestra en granja, y que la viabilidad reste también los descartes."},
  {"role":"user","content":"y para el costo por kilo como hago? el alimento vale 2100 pesos el kilo en promedio"},
  {"role":"assistant","content":"Arranque por el alimento, que acostumbra a ser entre 60 y 70 % del total: 1,62 × 2.100 = 3.402 pesos por kilo de pollo vivo. Al pollito de un día divídalo entre los kilos que salen, no entre los que entran: si cuesta 2.800 y salen 2,58 kg por ave alojada (2,7 por 0,955), son 1.086. Luego sume gas, cama, vacunas, mano de obra, luz, agua y arriendo, cada rubro sobre kilos vendidos; la mortalidad ya quedó dentro de esos kilos. Para la tarea, muestre cuánto baja el costo si la conversión pasa a 1,57: unos 105 pesos por kilo."}
]$m$, 4, '2026-04-27T22:05:38Z', 'es', 'u-2447');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('191e1374-ebeb-4f65-923b-1e7524fce37d', $m$[
  {"role":"user","content":"hola, tengo 12 pavos con las gallinas en el mismo corral, Chaco. 3 muertos, caca amarillo azufre, tristes. uno tenia el higado con redondeles"},
  {"role":"assistant","content":"Hígado con redondeles hundidos y heces color azufre en pavos que conviven con gallinas: eso es histomoniasis, la cabeza negra. El parásito viaja dentro del huevo de un gusano cecal, *Heterakis gallinarum*, que la gallina lleva sin enfermarse y que sobrevive años en el suelo y en las lombrices de tierra. Separá hoy mismo a los pavos, en piso limpio y seco, lejos del corral viejo. Mandá un hígado con ciegos a un laboratorio para confirmarlo."},
  {"role":"user","content":"que remedio les doy?"},
  {"role":"assistant","content":"Remedio autorizado no hay, ni en la mayoría de los países quedan drogas permitidas para aves de consumo; los viejos nitroimidazoles se prohibieron por sus residuos. El veterinario puede tratar el gusano con un antihelmíntico benzimidazol y una infección sobreagregada, pero los pavos ya enfermos salen poco adelante, y conviene no alargarles la agonía. Lo que evita el próximo desastre es simple y cuesta alambre: pavos y gallinas nunca juntos ni en el mismo suelo, botas distintas, y desparasitar a las gallinas según análisis."}
]$m$, 4.5, '2026-01-22T20:48:03Z', 'es', 'u-2490');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ea53ebb6-a66a-40de-b5bb-a3b645048cc9', $m$[
  {"role":"system","content":"Ayuda a criadores de traspatio en México. Usa un lenguaje sencillo."},
  {"role":"user","content":"mis patitos de 2 semanas caminan como borrachos y uno ya no se para, les doy alimento de pollo de engorda. son 8 muy bonitos no quiero q se mueran"},
  {"role":"assistant","content":"Muchas veces eso es falta de niacina, la vitamina B3. El pato la necesita más que el pollo: unos 55 mg por kilo de alimento, y las mezclas para pollito suelen quedarse cortas. Se les arquean las patas, se hincha el tarso y dejan de andar.\n\nConsiga hoy un complejo B para aves que incluya niacina y déselo en el agua según el sobre, o levadura de cerveza revuelta en la comida a diario. En uno a tres días los leves mejoran. Cambie a alimento para pato o súmele levadura hasta que emplumen. Quite el piso resbaloso, ponga tapete de hule y no deje que se empujen al comer. El que ya no se para que lo vea un médico veterinario, porque una fractura, una infección o el botulismo se parecen."}
]$m$, 5, '2026-06-03T16:22:55Z', 'es', 'u-2503');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4634fea0-f47f-4ef0-bd6a-996a239595c7', $m$[
  {"role":"user","content":"quiero sacar pintadas con incubadora pequeña, alguien me dijo que no es igual que la gallina"},
  {"role":"assistant","content":"Se parece, pero tarda más: de 26 a 28 días, frente a los 21 de la gallina. La cáscara es muy dura y gruesa, con lo que la humedad de los últimos tres días importa bastante; súbela y no abras. Deja de voltear al pasar a nacedora. Los pintaditos nacen nerviosos y se enfrían rápido: unos 35 °C bajo la lámpara, y bebedero con canicas, porque se ahogan en un dedo de agua. El pienso, de arranque para pavo, con 24 a 26 % de proteína. Comprueba que no lleve monensina, que les resulta tóxica. ¿Tienes ya los huevos, o vas a comprarlos?"},
  {"role":"user","content":"los tengo de mis 2 pintadas y un macho, llevo 15 guardados en la despensa desde hace dos semanas, sirven?"}
]$m$, 4, '2026-07-30T12:39:46Z', 'es', 'u-2515');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('5c20c369-d1e4-4706-b709-d083a40551ad', $m$[
  {"role":"user","content":"Reproductoras pesadas, semana 48, la fertilidad bajó de 93 a 86 en ovoscopia. Lambayeque. Machos al 8 %. Qué reviso primero?"},
  {"role":"assistant","content":"Revise primero a los machos, uno por uno, en tres galpones. Puntúe pechuga, patas y cloaca: un macho que cubre tiene la cloaca húmeda, rojiza y con plumas gastadas alrededor. Los sobrepesados de pecho abultado, los flacos y los de planta lesionada salen. Cuente cuántos útiles le quedan de verdad; con frecuencia el 8 % de papel es un 6 % real. Luego pese machos y hembras del mismo corral, porque si el macho come en el comedero de ella se pasa de peso en dos semanas."},
  {"role":"user","content":"útiles 6.1 %. machos 400 g encima de la guía, se meten a comer con las hembras las rejillas están abiertas"},
  {"role":"assistant","content":"Eso explica la caída. Arregle la exclusión antes que nada: rejilla a la medida de la cabeza de sus machos, comedero de macho a una altura que la hembra no alcance, y reparto a los machos unos minutos después. A los gordos no les quite comida de golpe, pues pierden testículo; frene su ganancia durante tres o cuatro semanas. En paralelo valore el recambio con machos jóvenes, de 25 semanas o más, con maduración sexual y peso correctos, en proporción suficiente para volver a 8 %."},
  {"role":"user","content":"y bioseguridad de meter machos jóvenes? ya nos pasó que entró micoplasma"},
  {"role":"assistant","content":"Hace bien en desconfiar. Traiga machos solo de un lote del que tenga serología y PCR negativas a *Mycoplasma gallisepticum* y *M. synoviae*, salmonelas e influenza, tomadas como máximo dos semanas antes. Aíslelos, repita el muestreo pasadas tres semanas y entre todos en un único día, al oscurecer, repartidos por el galpón. Existe además el intercambio entre naves de la misma granja, que no introduce nada nuevo y estimula la monta casi igual unas semanas. Con su antecedente, yo intentaría eso primero."}
]$m$, 4.5, '2025-12-10T09:16:27Z', 'es', 'u-2526');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1a864a3f-5afa-40cd-96bc-8b6a19acd298', $m$[
  {"role":"user","content":"termino un lote de 8 mil ponedoras a la semana 90 en noviembre, ¿cómo organizo el vaciado sin que sea un desastre? San Pedro, Bs As"},
  {"role":"assistant","content":"Reservá frigorífico o comprador con dos o tres meses, que para gallina liviana hay pocos. Dos semanas antes dejá de comprar alimento de más y calculá los silos para llegar casi en cero. Pedí el documento de tránsito de SENASA con los datos del lote y confirmá que no queden retiros de medicamentos. La carga, de noche y por filas, jaula a jaula: los huesos de una ponedora vieja se quiebran con facilidad, así que de las dos patas y sosteniendo el pecho, sin colgarlas en racimo."},
  {"role":"user","content":"y las q no aguantan el viaje?"},
  {"role":"assistant","content":"Las que no caminan, tienen un hueso roto o están muy flacas no deben subir al camión. Se sacrifican en la granja, por personal entrenado y con un método aprobado, como la dislocación cervical hecha de a una o un aturdidor de perno para aves; que tu veterinario lo supervise. Anotá cuántas fueron. Después van al compost o a donde tu provincia permita, nunca a un pozo abierto ni a los perros."}
]$m$, 4, '2026-08-14T13:02:08Z', 'es', 'u-2462');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d6152ac5-8f3e-483d-b77c-fbb7eed1d544', $m$[
  {"role":"system","content":"Responde con pasos cortos. El usuario tiene pocas aves y usa el teléfono en el campo."},
  {"role":"user","content":"que debo apuntar en mi cuaderno de granja? nunca he llevado nada, 200 pollos"},
  {"role":"assistant","content":"Una hoja por lote, una fila por día. Arriba: fecha de llegada, cuántos llegaron, de quién, peso inicial.\n\nCada día:\n- muertos y descartados, con la causa que usted cree;\n- kilos de alimento servidos;\n- litros de agua;\n- temperatura mínima y máxima;\n- lo raro: visita, corte de luz, cambio de costal.\n\nCada semana pese 20 pollos sin escogerlos. Aparte, lleve una lista de vacunas y medicinas con fecha, dosis, lote y días de retiro. Al vender, sume: kilos de alimento entre kilos vendidos. Ese número, comparado lote con lote, vale más que cualquier consejo."}
]$m$, 4, '2026-02-17T08:44:36Z', 'es', 'u-2188');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e2576982-7eaf-403b-b417-64dd54701b24', $m$[
  {"role":"user","content":"arranco con galpón cerrado en Olavarría, 20.000 pollos, heladas de -5. ¿cómo calculo la ventilación mínima?"},
  {"role":"assistant","content":"Partí del peso, no de la temperatura. Una regla usada es 0,7 m³ por hora por cada kg elevado a 0,75. Con pollos de 500 g da 0,42 m³/h por cabeza, unos 8.350 para los 20.000. Si tu extractor mueve 18.000 m³/h, tiene que andar algo menos de la mitad del tiempo: 2 minutos 20 segundos de cada cinco."},
  {"role":"user","content":"y con pollito bb?"},
  {"role":"assistant","content":"El mismo cálculo con 45 g da cerca de 0,07 m³/h, o sea 1.370 en total y unos 23 segundos de cada cinco minutos. Tan poco tiempo apenas deja abrir las entradas de aire, por lo que conviene un extractor más chico o ninguna marcha menor a 30 segundos. Son pisos teóricos: mandan la humedad y los gases que midas."},
  {"role":"user","content":"qué humedad y qué gases busco entonces"},
  {"role":"assistant","content":"Humedad entre 60 y 70 % los tres primeros días, y después entre 50 y 60. Amoníaco abajo de 10 ppm, que casi no se huele; dióxido de carbono, menos de 3.000; monóxido, menos de 10. Medí a la altura del pollo, de madrugada, al fondo y en el medio. Si alguno se pasa, agregá segundos al ciclo antes de tocar la calefacción."},
  {"role":"user","content":"prendo y el aire frio cae encima de los pollitos, se corren todos"},
  {"role":"assistant","content":"Te falta presión negativa o te sobran entradas abiertas. Cerrá la mitad de las ventanitas y buscá entre 20 y 30 pascales con el extractor en marcha, de modo que el chorro viaje pegado al techo hasta la cumbrera y baje ya tibio. Se ve con una bomba de humo o con cintas colgadas. Abertura mínima de unos tres centímetros; con una rendija el aire se desploma."},
  {"role":"user","content":"no llego ni a 12 pascales con todo cerrado"},
  {"role":"assistant","content":"Ahí el problema es estanqueidad. Entrá de día con las luces apagadas y marcá cada rayo de sol: cortinas, zócalo, persianas de los extractores grandes, pasacables. Sellá con espuma y film los de túnel, que en invierno no usás. Repetí la prueba con un extractor: un galpón decente pasa los 37 Pa. Sin eso vas a quemar gas para calentar Olavarría."}
]$m$, 5, '2026-07-02T11:35:18Z', 'es', 'u-2537');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('83c5f618-d224-462e-85ed-4f62b6e790d8', $m$[
  {"role":"user","content":"huevos deformes con la punta arrugada y clara aguada, postura bajó 8 puntos, algunas estornudan. 45 sem. Tepatitlán"},
  {"role":"assistant","content":"Clara aguada con cáscara arrugada y estornudos suaves hacen pensar en bronquitis infecciosa, que lesiona el oviducto. Para probarlo, hisopos traqueales y cloacales de los primeros días para PCR con secuenciación, más sueros ahora y otros a las tres semanas. El síndrome de baja postura da huevo sin cáscara, pero respeta la clara, y con Newcastle o influenza suele haber más daño general: sus muestras deben descartar ambos."},
  {"role":"user","content":"se recupera la postura? y las revacuno ya?"},
  {"role":"assistant","content":"La cifra de postura suele volver en seis a ocho semanas, casi hasta la curva, mientras la calidad de clara y cáscara puede quedar tocada el resto del ciclo. Revacunar en plena enfermedad agrega otra reacción respiratoria; espere a que se calme y al resultado, porque el serotipo dirá si su vacuna actual cubre. Muchas empresas refuerzan con viva cada seis a diez semanas en puesta. Revise además si hubo falla de cadena fría."}
]$m$, 4, '2026-04-02T15:27:43Z', 'es', 'u-2548');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1cada0d9-a5b7-4f24-8f95-9a39b1dba9a2', $m$[
  {"role":"user","content":"una de mis gallinas tiene el buche como una pelota de tenis y dura, no come desde ayer"},
  {"role":"assistant","content":"Parece un empacho de buche. Sepárala esta noche solo con agua y tócalo mañana antes de dar nada: un buche sano se vacía durmiendo. Si amanece igual de lleno y duro, hay un tapón, a menudo de hierba larga o paja. ¿Le huele mal el pico? ¿Hace cacas?"},
  {"role":"user","content":"sigue dura por la mañana, no huele. caca poquita y verde"},
  {"role":"assistant","content":"Sin mal olor, es impactación más que fermentación. Dale con jeringuilla unos mililitros de agua tibia, gota a gota por el lado del pico y con la cabeza en su postura natural, para que no aspire. Luego masajea con suavidad, en círculos, cinco minutos, cuatro veces al día, deshaciendo el bolo. Nada de pan ni de grano."},
  {"role":"user","content":"le doy aceite? la pongo boca abajo para que vomite?"},
  {"role":"assistant","content":"Boca abajo no, por favor: pueden ahogarse con lo que refluye, y es la causa de muerte más tonta en esto. Un mililitro de aceite de oliva mezclado con el agua puede ayudar a lubricar, sin repetirlo más de dos veces. Si entra algo en la tráquea respirará con ruido; en tal caso para y llama."},
  {"role":"user","content":"tercera vez de masaje y creo q esta mas blandito. cuanto espero"},
  {"role":"assistant","content":"Buena señal. Espera hasta mañana por la tarde como mucho: al cumplirse 48 horas sin vaciar y sin comer, o si se tambalea, necesita un veterinario de aves, que puede abrir el buche con anestesia local y limpiarlo en media hora. Si esta noche baja a la mitad, ofrécele yema cocida o pienso muy remojado, una cucharadita."},
  {"role":"user","content":"se vacióoo! 😀 como evito que vuelva a pasar"},
  {"role":"assistant","content":"¡Qué alivio! Tres días de papilla de pienso y vuelta gradual a lo normal. Corta la hierba del corral, que la que pasa de un palmo se enreda, retira cuerdas y plásticos, y ten siempre arenilla insoluble en un cuenco. Vigila el buche al anochecer y al amanecer una semana. Si recae, el músculo quedó estirado, o hay detrás Marek o un problema en la molleja, y convendrá una exploración."}
]$m$, 4.5, '2026-05-29T21:08:26Z', 'es', 'u-2291');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('df0f50e4-ed70-4f7b-b228-ea8f5f95dd4a', $m$[
  {"role":"user","content":"pollos con plumas mojadas alrededor de la cloaca y piso lleno de pasto suelto de agua, 20 dias. es por el alimento?"},
  {"role":"assistant","content":"Puede ser por el alimento o por otras causas. Es importante mantener una buena alimentación y buen manejo para que las aves estén sanas."},
  {"role":"user","content":"pero q reviso??"},
  {"role":"assistant","content":"Revise el manejo general de la granja y consulte con un profesional. Cada granja es distinta."}
]$m$, 1, '2025-10-12T17:33:10Z', 'es', 'u-2419');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('13a5fca3-6c6b-4610-802f-21b22c1cb074', $m$[
  {"role":"user","content":"Pollitas de 8 días, ¿hay que recortarles el pico o se puede evitar? Son 1.500 camperas."},
  {"role":"assistant","content":"Se puede evitar."},
  {"role":"user","content":"¿Cómo?"},
  {"role":"assistant","content":"Con buen manejo y menos luz."}
]$m$, 2, '2026-01-06T10:51:22Z', 'es', 'u-2515');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('823a450f-ba8b-4cf4-9c70-6a523f7acc79', $m$[
  {"role":"user","content":"necesito saber cuantos bebederos tipo campana por cada 1000 pollos de 4 semanas"},
  {"role":"assistant","content":"Los bebederos son una parte fundamental de la historia de la avicultura. Al principio se usaban canaletas de madera o de chapa; luego llegaron los de campana y, a partir de los años setenta, la tetina. Cada sistema tiene ventajas: la campana se ve desde lejos y permite beber con el gesto natural, mientras que la tetina mantiene el agua más limpia. En la actualidad hay modelos de varios colores."},
  {"role":"user","content":"no te pregunté la historia. cuántos?"},
  {"role":"assistant","content":"Depende del fabricante; en el catálogo suele figurar. Elija un color rojo, que llama la atención de los pollitos."}
]$m$, 3, '2026-06-25T19:24:05Z', 'es', 'u-2490');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3b9305f7-cb79-4158-9a07-c135754ea745', $m$[
  {"role":"user","content":"cuantos nidos necesito para 60 gallinas de piso y donde los pongo"},
  {"role":"assistant","content":"Con nidos individuales, uno por cada siete gallinas es el mínimo que pide la norma europea, así que haga nueve, o diez por comodidad. Si prefiere uno colectivo, medio metro cuadrado alcanza de sobra, ya que se calcula un metro por cada 120. Póngalos en la parte más oscura, lejos de la puerta, con el piso acolchado de cascarilla seca y un travesaño para subir. Instálelos un par de semanas antes del primer huevo y ciérrelos de noche, para que no duerman adentro y los ensucien."}
]$m$, 4.5, '2025-12-28T12:18:59Z', 'es', 'u-2231');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('c6ba4aae-b947-4f77-b9af-c6d99485e753', $m$[
  {"role":"user","content":"las sobras de la comida de casa, se las puedo echar a las gallinas? mi abuela lo hacia toda la vida"},
  {"role":"assistant","content":"Lo hacía todo el mundo, pero en la Unión Europea hoy no está permitido: el Reglamento (CE) 1069/2009 prohíbe dar restos de cocina a animales de granja, y un gallinero de autoconsumo entra ahí. El motivo es sanitario, por virus que viajan en carne y huevo crudos. Sí puedes darles verdura de la huerta que no haya pasado por la cocina: acelgas, lechuga espigada, calabaza. Nunca aguacate, que les daña el corazón, ni patata verde, chocolate o algo salado. Y que el pienso siga siendo el plato principal."}
]$m$, 4.5, '2026-03-11T20:26:47Z', 'es', 'u-2312');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d8536625-ea37-45a0-857a-b58063826ddf', $m$[
  {"role":"user","content":"a los gallitos les salieron granos con costra en la cresta y los parpados, algunos no ven. es contagioso? Piura, hay mucho zancudo"},
  {"role":"assistant","content":"Los granos con costra en piel sin plumas, en tierra de zancudos, hacen pensar en viruela aviar en su forma seca. Se contagia por picadura y por las costras que caen, despacio, durante semanas. Abra el pico de algunos: placas amarillentas en la garganta señalan la forma húmeda, que asfixia. No es la varicela de los niños ni se pega a la gente."},
  {"role":"user","content":"q le pongo a los granos? y los demas se vacunan?"},
  {"role":"assistant","content":"Contra el virus no hay remedio. Limpie párpados con suero fisiológico, dé de comer y beber en la mano al que no ve, y no arranque costras. Yodo diluido solo en la cresta, lejos del ojo. Los que aún están sanos pueden vacunarse por punción en el ala si son pocos los afectados, y a la semana verá la costrita de prendimiento. Ponga mosquitero y vacíe los charcos."}
]$m$, NULL, '2025-11-30T14:09:38Z', 'es', 'u-2526');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9577791b-8905-45c2-b70a-bcfc3045d6ba', $m$[
  {"role":"user","content":"puse 24 huevos criollos en la incubadora y solo nacieron 6, los otros tenian el pollito formado muerto. incubadora casera con bombillo"},
  {"role":"assistant","content":"Embriones completos que mueren antes de picar se relacionan con los últimos días: humedad mal llevada, poco aire o temperatura algo pasada. En incubadora sin ventilador se mide a la altura de la parte alta del huevo y se busca cerca de 38,5 °C; con ventilador, 37,5 a 37,8. ¿Cuántas vueltas les daba al día y qué humedad tenía al final?"},
  {"role":"user","content":"38.9 arriba, volteo 2 veces, humedad nunca medi"},
  {"role":"assistant","content":"Un poco caliente, poco volteo y humedad a ciegas. Ajuste el bombillo con un termostato, voltee de tres a cinco veces, siempre impar, y pare el día 18. Consiga un higrómetro: entre 50 y 55 % hasta ese día, y de 65 a 70 % de ahí al nacimiento, sin destapar. Guarde los huevos menos de una semana, en sitio fresco y con la punta hacia abajo."}
]$m$, NULL, '2026-04-13T22:31:14Z', 'es', 'u-2435');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('694cea5d-2428-4f33-a01c-fffbf4935ad4', $m$[
  {"role":"user","content":"cuantos gramos de alimento come una gallina al dia y a qué hora se le da"},
  {"role":"assistant","content":"Una ponedora comercial ligera o semipesada come entre 105 y 120 gramos al día en clima templado; en calor baja y con frío sube. Lo práctico es repartir dos veces: un tercio temprano y dos tercios por la tarde, porque de noche forma la cáscara y necesita el calcio. Deje que el comedero quede casi vacío a mediodía."},
  {"role":"user","content":"las mias son de rancho y andan sueltas, tambien 120?"},
  {"role":"assistant","content":"Las sueltas consiguen parte por su cuenta, de modo que 80 a 100 gramos de alimento pueden bastarles en temporada de lluvias, y en secas necesitarán más. Guíese por el cuerpo: toque la quilla, y si se siente filosa, aumente. Las criollas ponen menos y no desquitan una ración completa de granja."}
]$m$, 3.5, '2026-02-26T09:07:53Z', 'es', 'u-2278');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('54b1c39e-6d10-42f0-a9e1-3d88cca20702', $m$[
  {"role":"user","content":"Tengo ratas en el almacén de pienso de la granja, veneno puse y siguen"},
  {"role":"assistant","content":"Antes de poner más cebo quita la despensa: pienso derramado a diario, sacos sobre palés separados de la pared, tapas en los silos. Sella huecos mayores de 6 mm con malla metálica o cemento, que un ratón cabe por ahí, y despeja una franja de grava sin hierba alrededor. Los portacebos van pegados a la pared, cada 10 o 15 metros, numerados en un plano, y se revisan cada semana."},
  {"role":"user","content":"comen el cebo y no mueren, habrá resistencia?"},
  {"role":"assistant","content":"Puede haberla, aunque lo más común es que coman poco de cada estación o que entren otras desde fuera. Anota el consumo por portacebos un mes; si todos se vacían, falta cantidad, y si solo uno, ahí está la madriguera. Un aplicador autorizado puede cambiar la materia activa o combinar trampas. No subas tú la dosis ni lo eches suelto, que mata lechuzas y perros."}
]$m$, 3.9, '2026-09-05T18:43:29Z', 'es', 'u-2402');

-- Portuguese

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ad482bbd-1d2e-42c8-84c7-27e7fc570241', $m$[
  {"role":"user","content":"Quantas pipetas preciso para um pavilhão de 12.000 frangos abatidos com 2,4 kg? E qual a densidade máxima em Portugal?"},
  {"role":"assistant","content":"Conte dez a doze aves por pipeta: 12.000 frangos pedem entre 1.000 e 1.200, e ficar perto do primeiro número só compensa com bom caudal. Quanto à densidade, a Diretiva 2007/43/CE fixa 33 kg/m² como regra geral, 39 com documentação e ambiente controlado, e até 42 para quem cumpre ainda critérios de mortalidade e inspeção. Com 2,4 kg e 33 kg/m² cabem 13,75 frangos por metro quadrado, ou seja, uns 873 m² para o bando inteiro, sem contar desbaste. Confirme na DGAV em que escalão o seu pavilhão está registado."}
]$m$, 4.5, '2025-09-06T11:35:39Z', 'pt', 'u-1203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9e29023a-7460-404c-b107-631ee9ae3b38', $m$[
  {"role":"user","content":"franga de 15 semanas arrastando uma perna pra frente e outra pra tras, outras 6 magras. sao vacinadas contra marek. pode ser mesmo assim?"},
  {"role":"assistant","content":"Pode. A vacina impede os tumores, mas não impede a infecção, e perde força por três motivos clássicos: descongelamento malfeito do frasco de nitrogênio, dose fracionada e pintinho exposto ao vírus antes de a imunidade se instalar, o que leva em torno de uma semana. Perna de bailarina em ave jovem, com magreza, é bastante sugestiva. Faça necropsia de três frangas: nervo ciático grosso e amarelado, sem estrias, e nódulos no fígado ou no ovário ajudam muito."},
  {"role":"user","content":"nervo grosso de um lado so. as outras vao pegar?"},
  {"role":"assistant","content":"Considere que todas já tiveram contato: o vírus sai com a descamação do folículo da pena e persiste meses na poeira. Não existe tratamento; abata as paralisadas sem sofrimento e confirme por histopatologia. O que fazer no próximo lote: vazio sanitário longo com remoção da poeira até nas telas, distância entre recria e postura adulta, ventilação que não passe do galpão velho para o novo e auditoria no incubatório. Pergunte a ele qual sorotipo aplica e como controla o descongelamento."}
]$m$, 4.5, '2025-09-14T11:35:43Z', 'pt', 'u-0977');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d2b3cf26-4b24-4c43-84bc-066d4f266496', $m$[
  {"role":"user","content":"Tenho 240 galinhas em Beja e penso converter para biológico. Quais são as principais exigências?"},
  {"role":"assistant","content":"O Regulamento (UE) 2018/848, com as densidades do 2020/464, pede no essencial: até seis galinhas por metro quadrado no interior, pelo menos 4 m² de área exterior por galinha, ração biológica, ventilação e luz naturais, e pelo menos oito horas seguidas de escuro. O tecto por compartimento é de 3.000 galinhas, o que não o afecta. As seis semanas de conversão de que se fala valem para aves entradas antes dos três dias de vida, e o terreno tem prazo próprio; um bando adulto pede resposta caso a caso. Antes de mais contacte um organismo de controlo reconhecido em Portugal."},
  {"role":"user","content":"E se adoecerem, posso dar antibiótico?"},
  {"role":"assistant","content":"Pode tratar para evitar sofrimento, mas com limites. A prioridade é o maneio e a vacina; quando for preciso medicar, a fitoterapia vem antes, e o antibiótico só por decisão do veterinário. Antibiótico preventivo não é admitido. O intervalo de segurança duplica em relação ao legal e nunca fica abaixo de 48 horas. Se em doze meses o animal levar mais de três ciclos de tratamento, ou mais de um quando a vida produtiva é inferior a um ano, o produto perde a indicação biológica e há que reconverter."},
  {"role":"user","content":"vacinas contam como tratamento? e desparasitar?"},
  {"role":"assistant","content":"As vacinas e os programas obrigatórios de erradicação não entram nessa contagem, e os antiparasitários também ficam fora do limite de ciclos. Contam, porém, para os registos, onde deve constar o diagnóstico, a dose e a data. Em parques pequenos, faça rotação para deixar descansar a erva e partir o ciclo das lombrigas; análises de fezes duas vezes por ano poupam desparasitações às cegas. Pergunte ao organismo de controlo como quer ver as folhas preenchidas."}
]$m$, 4.5, '2025-09-24T10:25:53Z', 'pt', 'u-1666');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ccb9f1c6-4541-4913-b450-d6e09dff808d', $m$[
  {"role":"user","content":"pesei 100 frangas com 9 semanas: media 690 g mas umas com 540 outras com 830. isso é ruim?"},
  {"role":"assistant","content":"Com essa dispersão, é bem provável que a uniformidade esteja fraca. Conte quantas ficaram entre 621 e 759 g, isto é, dez por cento para cada lado da média. Se 85 ou mais das cem couberem aí, o lote está bom; com 70, precisa de intervenção. A média sozinha esconde o problema: as leves entrarão em postura semanas depois das pesadas e nenhuma ração servirá para os dois grupos."},
  {"role":"user","content":"deu 68. separo?"},
  {"role":"assistant","content":"Separe, sim, e quanto antes, pois depois das 12 semanas o esqueleto está quase pronto e o que se ganha é gordura. Faça três grupos por peso, deixe as leves com mais espaço de comedouro e mantenha-as na ração anterior por mais uma ou duas semanas. Antes disso descubra a causa: falta de comedouro na hora da distribuição, debicagem irregular, coccidiose discreta ou vacina mal aplicada. Exame de fezes de dez pontos do galpão esclarece a parte parasitária por pouco dinheiro."}
]$m$, 4.5, '2025-09-25T16:33:01Z', 'pt', 'u-0671');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('023ed9d5-b62c-46e0-a9d4-613a7d2e3def', $m$[
  {"role":"user","content":"Huambo, Angola. Recebi 2.000 pintos que viajaram 30 horas de camião. Ao décimo dia já morreram 62, a maior parte entre o terceiro e o quinto. É falha minha ou do transporte?"},
  {"role":"assistant","content":"São 3,1% acumulados, o triplo do que se espera na primeira semana, e a concentração entre o terceiro e o quinto dia tem leitura própria: nessa altura acaba a reserva da gema, e os pintos que não aprenderam a beber e a comer morrem de inanição. Trinta horas de viagem desidratam-nos e cansam-nos. Diga-me se os mortos estavam leves, de patas secas e escuras, com o papo vazio ou com urato branco na cloaca."},
  {"role":"user","content":"Sim, patas secas, papo vazio. A casa estava fria quando chegaram, o gerador falhou"},
  {"role":"assistant","content":"Portanto falharam os dois, e separá-los ajuda a reclamar com justiça. Transporte: peça ao fornecedor a hora de nascimento, de carga e de chegada, e o número de mortos à chegada. Casa: o piso frio faz o pinto juntar-se e não ir à água. Para o próximo lote aqueça o pavilhão pelo menos 24 horas antes, com gerador de reserva ou carvão bem ventilado, e tenha a água posta e provada antes de abrir as caixas."},
  {"role":"user","content":"Devo dar açúcar na água ao chegarem?"},
  {"role":"assistant","content":"Eletrólitos com um pouco de glucose nas primeiras horas ajudam pintos que viajaram muito, desde que depois venha água simples, porque doce na tubagem cria limo. Mergulhe o bico de alguns, encoste-os aos bebedouros e dê ração em papel logo ao lado. Duas horas depois apalpe o papo de 30 a 40 pintos de vários sítios: três em cada quatro devem ter comida. Ao fim de 24 horas quase todos. Se metade continuar vazia, a temperatura ou o acesso estão errados."}
]$m$, 4.5, '2025-10-09T15:47:05Z', 'pt', 'u-1450');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('03c24e34-5953-40c5-ae9b-17dd8077bd78', $m$[
  {"role":"user","content":"bom dia. alojei 14.800 frangos e hj com 10 dias ja perdi 447, da 3%. o integrador disse q é normal, é mesmo?"},
  {"role":"assistant","content":"Não considero normal. A meta usual é fechar a primeira semana com menos de 1% de perdas, e com dez dias você já triplicou esse valor. Para entender a origem, preciso de três coisas:\n1. A curva diária: morreram mais nos dias 2 a 4 ou a perda vem subindo agora?\n2. O que você vê nas aves mortas: umbigo inflamado, papo vazio, fígado com película, líquido na barriga?\n3. O peso aos 7 dias e a idade da matriz, se constar na nota do incubatório."},
  {"role":"user","content":"comecou no dia 3, pico no dia 5 com 90 mortos, agora 35 por dia. umbigo feio em varios, abri uns e a gema tava verde e fedida"},
  {"role":"assistant","content":"Esse quadro aponta para onfalite com infecção do saco vitelino, quase sempre por E. coli e outras bactérias que entram por um umbigo mal cicatrizado. A origem costuma estar no ovo sujo ou no incubatório, mas um pinteiro frio piora tudo, porque o pintinho encolhido não absorve a gema. Peça ao veterinário da integração uma necropsia de 8 a 10 aves frescas, com cultura e antibiograma. Guarde na geladeira, nunca no freezer, as que morrerem hoje."},
  {"role":"user","content":"enquanto o vet nao vem faço o que?"},
  {"role":"assistant","content":"Trabalhe naquilo que depende de você:\n- Confira a temperatura na altura das aves e a da cama, não só a do painel.\n- Elimine os refugos que não chegam ao bebedouro; eles não se recuperam e contaminam os outros.\n- Recolha mortos pelo menos duas vezes ao dia.\n- Dê descarga nas linhas de água e meça o cloro no último nipple; 3 a 5 ppm é a faixa procurada.\n- Não comece antibiótico por conta própria: sem antibiograma você pode errar a molécula e ainda criar problema de carência."},
  {"role":"user","content":"e no fim do lote, da pra recuperar?"},
  {"role":"assistant","content":"As que passaram da fase crítica crescem, porém a uniformidade fica comprometida e parte delas chegará leve ao abate. Registre tudo desde já: mortos por dia, hora da coleta, peso semanal, lote do incubatório. Com esses números o integrador pode comparar outros produtores que receberam pintinhos da mesma matriz. Se o vizinho teve o mesmo pico no dia 5, a discussão muda de lugar. Se a mortalidade diária não cair até o dia 14, volte a chamar o veterinário, pois pode haver uma segunda causa."}
]$m$, 5, '2025-10-15T11:13:37Z', 'pt', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('152ca72b-9388-4015-aeb6-8e252b7abbf7', $m$[
  {"role":"user","content":"me passa a sequencia certa de lavagem e desinfecção. saiu um lote com tifo? nao, salmonela no suabe"},
  {"role":"assistant","content":"Eis a ordem que funciona:\n1. Saíram as aves, aplique inseticida enquanto o galpão está quente; depois retire a ração e leve a cama, coberta, para longe.\n2. Aspire ou varra a poeira, de cima para baixo.\n3. Molhe com detergente, deixe agir, lave com pressão e enxágue.\n4. Deixe secar por completo.\n5. Desinfete na concentração do rótulo, molhando até escorrer: piso, 1 m de parede, comedouros, silo.\n6. Limpe as linhas de água com produto ácido ou peróxido e enxágue.\n7. Faça o vazio sanitário e controle roedores."},
  {"role":"user","content":"pulei o detergente, já passei desinfetante. ferrou?"},
  {"role":"assistant","content":"Perdeu parte do efeito, não tudo. A matéria orgânica neutraliza o cloro e enfraquece até o glutaraldeído e os quaternários, de modo que o produto agiu na crosta em vez de na bactéria. Repita do passo 3 em diante se houver tempo, e faça o teste: suabes de 5 a 10 pontos, entre eles saída de silo, ralo e a ponta do exaustor, mandados ao laboratório antes de alojar. Positivo significa nova rodada. Não conte apenas com os dias vazios: salmonela sobrevive meses na poeira seca, e o rato a mantém circulando."}
]$m$, 5, '2025-10-19T11:03:37Z', 'pt', 'u-0566');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('6d4b30fa-1ca8-411b-8745-95ea4bdf11ec', $m$[
  {"role":"user","content":"apareceu bando de marreco selvagem no açude ao lado do aviario. tem risco de gripe aviaria? ja teve aqui no brasil"},
  {"role":"assistant","content":"Há risco, porque as aves aquáticas selvagens levam o vírus nas fezes. No Brasil a cepa altamente patogênica H5N1 apareceu em aves silvestres em maio de 2023 e, em maio de 2025, numa granja de matrizes no Rio Grande do Sul, foco depois encerrado. Passos imediatos: telas de malha até 2,54 cm sem furos, nada de usar água do açude sem clorar, calçado só do galpão, ração e sobras sem atrair pássaros, e nenhum funcionário com galinhas em casa."},
  {"role":"user","content":"quais sinais eu devo olhar"},
  {"role":"assistant","content":"Procure mortalidade que dobra de um dia para o outro sem explicação, queda brusca de consumo de água e ração, barbela e crista inchadas ou arroxeadas, pernas com manchas vermelhas, falta de ar, tremores e torção de pescoço. Também vale uma queda de postura muito rápida. Diante disso, não abra carcaças nem carregue aves: feche o galpão e chame de imediato a defesa agropecuária do seu estado ou use o e-Sisbravet. A notificação é obrigatória e a equipe colhe as amostras."},
  {"role":"user","content":"se achar marreco morto?"},
  {"role":"assistant","content":"Não toque sem luvas e máscara, nem leve para casa. Marque o local, afaste cães e crianças, avise a defesa e espere. Você que lida com os frangos deve evitar ir ao açude; se for, tome banho e troque de roupa antes de entrar no galpão. Carne de frango cozida não transmite a gripe aviária, mas tocar em ave doente pode, portanto quem mexeu em aves mortas e tiver febre ou olhos vermelhos precisa avisar o posto de saúde contando esse contato."}
]$m$, 5, '2025-10-28T11:41:15Z', 'pt', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a11adcaf-4f5b-4539-b76a-741f1cbbfb3f', $m$[
  {"role":"user","content":"frango morto com barriga cheia de liquido amarelo, 31 dias, uns 15 por semana. aqui é serra 1.100 m"},
  {"role":"assistant","content":"Líquido cor de palha no abdome e coração com ventrículo direito aumentado dizem ascite. O frango cresce depressa, o pulmão não dá conta do oxigênio e a pressão sobe no lado direito; altitude e frio elevam a necessidade. Em 1.100 m isso se agrava no inverno, quando o produtor fecha cortinas e falta ar. Corte o coração transversalmente em três mortos: se o lado direito estiver grosso, o diagnóstico caminha."},
  {"role":"user","content":"tem remedio? diminuo a ração?"},
  {"role":"assistant","content":"Medicamento não há. O que baixa o número de casos é ventilação mínima desde o primeiro dia, aquecimento suficiente nas três primeiras semanas, poeira e amônia baixas e, na segunda semana, um período de escuro de quatro a seis horas ou ração farelada para conter o ganho. Não restrinja além disso por conta própria: a perda de peso anula a vantagem. Para o próximo lote, peça ao incubatório o registro de oxigenação e temperatura no fim da incubação."}
]$m$, NULL, '2025-11-06T20:29:23Z', 'pt', 'u-1120');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0215dfc8-cd90-48d4-8ede-c4afed210e2b', $m$[
  {"role":"user","content":"em que dia vacino Gumboro em frango? o tecnico diz 12, o vendedor diz 18"},
  {"role":"assistant","content":"Os dois podem ter razão, porque o dia correto depende dos anticorpos que a mãe passou. Cedo demais, o anticorpo materno neutraliza a vacina viva; tarde demais, o vírus de campo chega primeiro, e o período perigoso vai das 3 às 6 semanas. O jeito de decidir é colher sangue de 18 a 20 pintinhos entre o 1º e o 4º dia e calcular a data pela fórmula de Deventer, que usa o título de cada ave, a meia-vida e a força da vacina. Você sabe se o seu incubatório já aplica vetorizada?"},
  {"role":"user","content":"nao sei, como descubro? e se for vetorizada?"},
  {"role":"assistant","content":"Ligue e peça o certificado de vacinação do lote, com nome do produto, via e data; é documento que acompanha a carga. Se a vacina for vetorizada HVT-Gumboro ou de imunocomplexo, a resposta já está encaminhada e uma dose viva a mais aos 12 ou 18 dias em geral só gera gasto e reação. Com vírus muito agressivo na região, o médico veterinário decide. Guarde a bolsa de Fabricius de algumas aves da rotina aos 28 dias e compare o tamanho dela com o do baço: bolsa menor é sinal de alarme."}
]$m$, 5, '2025-11-14T14:43:55Z', 'pt', 'u-0355');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4762cc19-ad93-4615-b6ff-d76dd02bd005', $m$[
  {"role":"user","content":"posso lavar o ovo sujo da galinha antes de guardar na geladeira?"},
  {"role":"assistant","content":"Para uso da sua casa, o melhor é esfregar a seco a sujeira leve, com esponja limpa, e consumir logo os muito sujos, bem cozidos. Se lavar, faça-o com água corrente mais quente que o ovo, nunca fria nem de molho: o resfriamento puxa o líquido e as bactérias pelos poros. Seque, e só então refrigere, com a ponta fina para baixo. Na União Europeia os ovos de categoria A não se lavam; no Brasil, quem vende deve seguir a regra do serviço de inspeção. O conserto de verdade está no ninho: palha seca e coleta frequente."}
]$m$, 4.5, '2025-11-19T19:01:47Z', 'pt', 'u-0077');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('986adeca-cbff-4bf6-ab87-168f89d719e4', $m$[
  {"role":"user","content":"perus com 9 semanas amarelo nas fezes, cabeça escura e morrem. crio junto com galinhas caipira"},
  {"role":"assistant","content":"Fezes cor de enxofre em peru jovem, com fígado marcado por círculos em alvo e ceco espesso, apontam para histomoníase, a chamada cabeça-negra (o nome engana, pois a cor nem sempre aparece). As galinhas quase não adoecem e são justamente quem espalha: o protozoário viaja dentro do ovo do verme cecal Heterakis e da minhoca. Salve os que ainda estão bem: separe-os agora, em terreno que nunca teve galinha."},
  {"role":"user","content":"qual remedio?"},
  {"role":"assistant","content":"Nos Estados Unidos e na União Europeia não há hoje medicamento autorizado para perus de consumo; o antigo dimetridazol e os parentes foram proibidos por segurança alimentar. Não improvise com metronidazol, vedado em animais de consumo nesses mesmos lugares; em outro país, pergunte ao veterinário o que diz a norma. Controle o verme com vermífugo autorizado, isole o lote, mantenha o piso seco e tire a galinhada da área por tempo longo. Um médico veterinário pode confirmar pelo fígado; abata os muito doentes com dignidade."}
]$m$, 4.5, '2025-11-30T18:33:11Z', 'pt', 'u-0944');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('7006133d-f08d-475b-a4ef-faf77a007575', $m$[
  {"role":"user","content":"frangas com 16 semanas, 1,32 kg (tabela 1,40). acendo as luzes ja ou espero? vou vender ovo de mesa"},
  {"role":"assistant","content":"Espere. Estimular franga abaixo do peso antecipa o primeiro ovo, porém os ovos saem miúdos, o pico fica curto e sobe o prolapso. A orientação das linhagens vermelhas é dar luz por volta das 17 semanas e somente quando o lote atinge o peso da tabela com boa uniformidade. Aumente o estímulo ao consumo (mais corridas de ração, ração com mais densidade) e pese 100 aves de novo em sete dias."},
  {"role":"user","content":"e quando acender, quantas horas?"},
  {"role":"assistant","content":"Suba com um primeiro salto de cerca de uma hora e depois 15 a 30 minutos por semana até chegar a 16 horas, por volta das 30 semanas. Duas regras valem para o resto da vida do lote: nunca reduzir a duração nem a intensidade depois que a postura começou, e usar timer com bateria, porque um relógio que perde a hora encurta o dia sem ninguém ver, e isso aparece na coleta. Em galpão aberto, some a luz natural mais longa do ano e programe o acendimento para não ficar abaixo dela."}
]$m$, 4.5, '2025-12-04T10:11:39Z', 'pt', 'u-0288');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9cccb021-f7f5-4621-afd0-616a49e0b13e', $m$[
  {"role":"user","content":"qual o tempo certo pra fermentar a cama entre lotes? to na sexta criada na mesma"},
  {"role":"assistant","content":"Amontoe ou cubra com lona logo depois da saída das aves, ainda com umidade, e deixe fermentar no mínimo uns dez dias, sem abrir. O calor e a amônia é que reduzem bactérias, oocistos e cascudinho. Depois abra, ventile por alguns dias para o gás sair e só então reponha material novo por cima, sobretudo na área do pinteiro. Se o último lote teve tifo, Gumboro forte, laringotraqueíte ou outra doença de notificação, não reaproveite: cama fora."},
  {"role":"user","content":"sao 7 dias entre um lote e outro, nao da tempo"},
  {"role":"assistant","content":"Nesse caso a reutilização perde o sentido sanitário, pois você devolve a cama ao pintinho antes de o tratamento agir. Há três saídas: negociar com a integradora um vazio de 14 dias, retirar a cama inteira e partir com material novo, ou reservar a cama velha só para a parte final do galpão e montar o pinteiro com maravalha nova. A terceira é um remendo, não uma solução. Meça a amônia na altura do pintinho no alojamento; acima de 20 ppm, ventile mais antes de receber."}
]$m$, 5, '2025-12-09T10:25:49Z', 'pt', 'u-0566');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('03010e95-bcad-4b72-8fff-61c6d7b1605d', $m$[
  {"role":"user","content":"galinha espirrando e com o olho inchado, 3 de 15. oq pode ser?"},
  {"role":"assistant","content":"Pode ser muita coisa, desde resfriado até outras doenças. Observe as aves e mantenha o local limpo."},
  {"role":"user","content":"mas o olho ta fechado com pus e fede. separo elas?"},
  {"role":"assistant","content":"Sim, é bom separar. Se não melhorar procure um profissional."}
]$m$, 2, '2025-12-18T11:35:23Z', 'pt', 'u-0944');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('93e56511-bf4d-4a34-b822-d917a961b958', $m$[
  {"role":"system","content":"Modo técnico: vacinação e manejo. Peça dados quando faltarem."},
  {"role":"user","content":"vou aplicar newcastle na agua em 5 mil frangas, dosador tem cloro. passo a passo?"},
  {"role":"assistant","content":"Pare o cloro 24 a 48 horas antes e lave as linhas só com água. Depois retire a água por uma ou duas horas, conforme o calor, para criar sede sem sufocar. No dia, dissolva de 2 a 2,5 g de leite em pó desnatado por litro, espere 20 a 30 minutos e só então abra os frascos de vacina dentro da água. Qual é o seu consumo diário? É ele que define os litros."},
  {"role":"user","content":"900 litros por dia"},
  {"role":"assistant","content":"Calcule o que elas bebem em uma a duas horas: em geral entre um sétimo e um quinto do consumo diário, aqui perto de 130 a 180 litros. Some o volume do encanamento, já cheio de água com leite. Ponha corante azul para ver quem bebeu: 90% ou mais das línguas devem manchar. Levante as linhas, encha, baixe todas ao mesmo tempo e caminhe devagar por entre as aves."},
  {"role":"user","content":"sobrou vacina no balde 2 horas depois. guardo pra amanha?"},
  {"role":"assistant","content":"Descarte. Vacina viva reconstituída perde título em poucas horas, ainda mais no calor, e amanhã você estaria dando água com leite azedo. Sobrar significa que o volume foi grande ou que a sede foi pouca; anote para a próxima. Se parte das aves não bebeu, o melhor não é repetir, mas fazer sorologia três semanas depois. Religue o cloro somente no dia seguinte. Frascos vazios vão para o lixo de serviço de saúde animal, fervidos ou em desinfetante."}
]$m$, 5, '2025-12-25T13:47:53Z', 'pt', 'u-0288');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3cf707bd-d0d5-44e2-94a8-5ad13049ff96', $m$[
  {"role":"user","content":"amanha carrega meu lote as 23h, abate 7h. quando subo os comedouros?"},
  {"role":"assistant","content":"O abatedouro costuma fixar o jejum total entre 8 e 12 horas, do último grão até a pendura. Se a pendura começa às 7h, o comedouro sobe entre 19h e 23h; com carregamento às 23h, eu subiria por volta das 20h ou 21h para esvaziar os papos antes da apanha. A água fica até a equipe entrar no galpão. Passou de doze horas, o intestino fica frágil e aumenta a contaminação na evisceração. Confirme o horário com quem programa a linha."},
  {"role":"user","content":"e na apanha, qual jeito de pegar?"},
  {"role":"assistant","content":"Pegue pelo dorso, com as duas mãos envolvendo as asas, ou pelas duas patas, nunca por uma só nem pela asa ou pescoço. Luz baixa e azul acalma. Não mais do que três aves por mão quando se usam as pernas, e caixas cheias conforme o peso e o calor: em noite quente, menos aves. Separe e dê fim humanitário às que não conseguem andar; não se carregam. Conte mortos nas gaiolas e hematomas na chegada: o retorno do frigorífico mostra quem da equipe precisa de treino."}
]$m$, 4.5, '2026-01-05T07:53:43Z', 'pt', 'u-0733');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0f7cf3ff-37c9-4035-a8f1-0b95b2d57601', $m$[
  {"role":"user","content":"minha conversao fechou em 1,86 com 2,75 kg aos 43 dias, macho e femea misto. onde eu tô perdendo?"},
  {"role":"assistant","content":"Para esse peso, a tabela das linhagens atuais fica entre 1,55 e 1,60, então há quase três décimos para procurar. Conte-me: qual a mortalidade e em que semana ela se concentrou? A altura dos comedouros acompanha o dorso das aves? Sobrou ração na cama quando você tirou o lote? E a temperatura de noite nas duas primeiras semanas?"},
  {"role":"user","content":"mort 5,8% maioria depois dos 30 dias. prato meio baixo, sim, tinha ração na cama. de noite gela, é galpão aberto"},
  {"role":"assistant","content":"Então são três vazamentos diferentes. As aves mortas depois dos 30 dias já tinham comido mais de dois quilos de ração cada uma, e esse gasto fica sem carne para dividir. Prato baixo permite ciscar para fora. E noite fria faz o frango gastar energia para se aquecer em vez de crescer.\nEu atacaria nesta ordem: regulagem de comedouros (borda no nível do dorso), aquecimento noturno até o dia 14 e necropsia das mortas tardias, que costumam ser ascite, morte súbita ou problema de perna."},
  {"role":"user","content":"e a ração em si? é da cooperativa, peletizada"},
  {"role":"assistant","content":"Peça duas amostras: uma na saída do caminhão e outra no prato do fundo. Passe pela peneira e compare o fino; se o prato do fundo tiver bem mais pó, a rosca ou a queda está quebrando o pélete. Frango perde tempo e seleciona quando a ração vira farelo. Confira ainda se as fases foram trocadas na data certa. Uma inicial esticada além do necessário não piora a conversão, mas encarece o quilo."},
  {"role":"user","content":"quanto vale cada 0,01 de conversao num galpao de 15 mil?"},
  {"role":"assistant","content":"Multiplique o peso vivo entregue pelo ganho de conversão. Com 14.100 aves de 2,75 kg você tem cerca de 38.800 kg; cada 0,01 significa 388 kg de ração. Ao preço que você paga pela tonelada, dá o valor exato. Recuperar 0,10 já poupa quase quatro toneladas, o que normalmente paga lenha ou gás para as noites frias das duas primeiras semanas. Faça essa conta a cada lote e anote ao lado do que você mudou."}
]$m$, 5, '2026-01-12T07:45:49Z', 'pt', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('937646e2-db49-4faf-ac8b-e6693d71d388', $m$[
  {"role":"system","content":"Assistente para criadores familiares. Frases curtas, sem marcas comerciais."},
  {"role":"user","content":"minhas galinhas do quintal (8) pararam de botar e tão perdendo pena em abril, no RS. é doença?"},
  {"role":"assistant","content":"Tudo indica muda natural. No outono os dias encurtam, as galinhas com mais de um ano trocam as penas, começando pela cabeça e pelo pescoço, e param de botar por umas oito a doze semanas. Ave em muda come, anda alerta e tem a pele limpa. Desconfie de doença se houver coceira, pontos vermelhos correndo na base das penas, emagrecimento no peito ou ferida de bicada. Enquanto a pena cresce, ofereça ração de postura completa: a pena é quase só proteína. Luz no galinheiro apressa o retorno, mas o descanso faz bem a elas."}
]$m$, 4, '2026-04-21T22:09:07Z', 'pt', 'u-0502');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('8e287c25-9710-4b73-b808-776386281910', $m$[
  {"role":"user","content":"galinha solta com barriga grande e fezes moles, vi uma lombriga grossa e branca no chao do tamanho de um lapis"},
  {"role":"assistant","content":"Esse tamanho combina com Ascaridia galli, a lombriga mais comum de galinhas soltas. Ela sozinha raramente mata, mas emagrece, clareia a crista e, em franga nova, chega a entupir o intestino. Junte fezes frescas de umas oito aves, de preferência as cecais também, e leve para exame de flotação: o laboratório conta os ovos e mostra se há capilária, que exige dose maior. Barriga cheia pode ser outra coisa, como ovo retido ou líquido; apalpe ou leve a ave ao veterinário."},
  {"role":"user","content":"deu ascaridia 900 ovos por grama. qual remedio e posso comer os ovos?"},
  {"role":"assistant","content":"Para o vermífugo, o clínico deve escolher um benzimidazol registrado para poedeiras no seu país. Na Europa, o fenbendazol em solução oral está autorizado em galinhas a 1 mg/kg por dia durante cinco dias para Ascaridia, sem carência nos ovos; no Brasil leia a bula do produto comprado, porque o registro muda. Se a bula não incluir galinhas em postura, escolha outro. Depois de tratar, feche o piquete de três em três semanas em rodízio, tire a cama velha e mantenha o capim baixo: sol e secura destroem ovos do verme."}
]$m$, 4.5, '2026-01-23T18:05:13Z', 'pt', 'u-0819');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('906bac96-ce71-4a22-9d72-f596524833bd', $m$[
  {"role":"user","content":"cascudinho na cama, nuvem preto. estraga alguma coisa ou só incomoda?"},
  {"role":"assistant","content":"Estraga bastante: o Alphitobius diaperinus rói o isolamento da parede, tira o pintinho da ração, e carrega Salmonella, E. coli e o vírus de Gumboro de um lote ao outro. O frango enche o papo de besouro em vez de ração. O momento de atacar é o dia da saída, ainda com o galpão quente, antes que se escondam nas frestas. Aplique inseticida registrado para instalação vazia na borda, pilares e sob comedouros."},
  {"role":"user","content":"coloco cal ou fermento a cama?"},
  {"role":"assistant","content":"Fermentar bem coberto mata boa parte deles pelo calor, desde que a lona alcance as beiradas, pois fogem para o lado frio. A cal por si só não dá conta, mas ajuda a secar o piso depois de retirar a cama. Alterne o princípio ativo entre lotes, porque há resistência a piretroides. Vede as frestas com argamassa, cuide do terreno em volta e conte besouros em armadilhas de papelão corrugado a cada duas semanas: o número mostra se a providência anda dando resultado."}
]$m$, NULL, '2026-02-02T20:51:45Z', 'pt', 'u-0355');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9acb549b-e26f-49fc-8fed-95ed696246e3', $m$[
  {"role":"user","content":"o que é coccidiose? é pra um trabalho da escola técnica"},
  {"role":"assistant","content":"Trata-se de uma doença do intestino provocada por protozoários do gênero Eimeria. A ave engole oocistos esporulados presentes na cama; os parasitas invadem a parede intestinal, multiplicam-se e destroem as células. Nas galinhas descrevem-se sete espécies, e cada uma prefere um trecho: E. acervulina o duodeno, E. maxima o meio do intestino delgado, E. tenella os cecos. O resultado vai de uma leve perda de peso, que ninguém nota, até diarreia com sangue e morte."},
  {"role":"user","content":"passa pra outros bichos? e quanto tempo leva o ciclo"},
  {"role":"assistant","content":"As eimérias são muito fiéis ao hospedeiro: a da galinha não infecta peru, pato, coelho nem pessoa. Entre a ingestão do oocisto e a eliminação de novos nas fezes passam de 4 a 7 dias, conforme a espécie. Depois, no chão, o oocisto ainda precisa de calor, umidade e oxigênio para esporular, o que leva um ou dois dias. Por isso cama úmida e quente ao redor do bebedouro é o lugar onde a infecção se acelera."},
  {"role":"user","content":"pq desinfetante nao mata?"},
  {"role":"assistant","content":"A casca do oocisto tem dupla parede, impermeável à maioria dos produtos usados no galpão, inclusive cloro e quaternário de amônio. Amônia e calor funcionam melhor, e a dessecação ajuda. Na prática, ninguém esteriliza o piso: o que se busca é baixar a carga e deixar que as aves criem imunidade com doses pequenas. Daí vêm as duas estratégias do campo, que você pode citar no trabalho: anticoccidianos na ração ou vacina viva nos primeiros dias."}
]$m$, 4.5, '2026-02-09T14:13:43Z', 'pt', 'u-0077');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e2cc2313-7928-4c0e-b0f7-f0739c1688f1', $m$[
  {"role":"user","content":"Quanto custa montar um aviário climatizado pra 20 mil frangos no oeste do Paraná? preciso pro banco"},
  {"role":"assistant","content":"O custo varia bastante conforme o equipamento, a região e o projeto. Recomendo pedir orçamentos."},
  {"role":"user","content":"nao tem nem uma faixa? e quais itens entram?"},
  {"role":"assistant","content":"Entram estrutura, equipamentos e mão de obra. Uma empresa de construção pode informar o valor atual, pois os preços mudam com frequência."}
]$m$, 3, '2026-02-15T07:33:09Z', 'pt', 'u-0819');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('275bd295-169c-47ef-8c8c-256ec84b09ae', $m$[
  {"role":"system","content":"Assistente intelia para avicultura. Cite o veterinário quando houver medicamento ou vacina."},
  {"role":"user","content":"Estou montando recria de 8 mil frangas vermelhas no interior de SP. Podem me sugerir um calendário de vacinas?"},
  {"role":"assistant","content":"Use este esqueleto para conversar com o responsável técnico, que o ajusta ao desafio da região:\n1. Incubatório: Marek, quase sempre com Gumboro vetorizada ou Newcastle vetorizada.\n2. Primeiras três semanas: bronquite infecciosa e Newcastle vivas (gota ocular ou spray), Gumboro viva quando não houver vetorizada.\n3. Semanas 6 a 10: reforço de Newcastle/bronquite, bouba na asa, primeira coriza inativada.\n4. Semanas 10 a 14: encefalomielite, segunda coriza, cólera se a zona pedir.\n5. Semanas 14 a 16: inativada com Newcastle, bronquite e síndrome da queda de postura, mais Salmonella Enteritidis."},
  {"role":"user","content":"pq tanta coisa no fim?"},
  {"role":"assistant","content":"As vacinas vivas preparam a memória imune; a inativada oleosa, dada depois, levanta anticorpos altos e duradouros que acompanham a ave por boa parte da postura. Ela precisa ser aplicada uma a uma, e o melhor momento é aproveitar o manuseio da transferência sem deixar para a última semana, porque a franga que começa a botar sofre com a contenção. Deixe uns dez a quinze dias entre a última injeção e o primeiro ovo."},
  {"role":"user","content":"da pra fazer tudo em um dia só pra economizar mao de obra"},
  {"role":"assistant","content":"Não aconselho juntar tudo. Duas vacinas vivas respiratórias competem pela mesma mucosa se forem dadas com poucos dias de diferença, e três injeções na mesma ave derrubam o consumo. O que se combina bem: bouba na membrana da asa no mesmo dia de uma inativada no peito. Coriza quer duas doses separadas por umas quatro semanas. Planeje com o calendário da mão de obra, mas o intervalo biológico manda."},
  {"role":"user","content":"como sei se pegou"},
  {"role":"assistant","content":"Três verificações simples. A bouba forma nódulo ou crosta no ponto da picada entre 7 e 10 dias: olhe 50 aves e refaça se menos de 90% tiverem reação. Na gota ocular com corante, a língua fica azul logo após a aplicação. Para as inativadas, colha sangue de 20 a 25 frangas antes da primeira dose e quatro a seis semanas após a última e mande para sorologia; mais do que o título médio, interessa ele estar parelho entre as aves."}
]$m$, 4.5, '2026-02-28T09:05:59Z', 'pt', 'u-0288');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0a02aff6-e3c3-4d97-b735-dde73bbaf27c', $m$[
  {"role":"user","content":"Inverno, galinheiro cheio de cheiro a amoníaco logo de manhã mas se abro as janelas a temperatura vai abaixo. Como equilibro?"},
  {"role":"assistant","content":"Ventilação mínima e aquecimento andam juntos; fechar tudo para poupar gasóleo sai caro em cama molhada e pulmões. O limite europeu para frangos é de 20 ppm de amoníaco e 3.000 ppm de dióxido de carbono, medidos à altura da cabeça das aves, e vale como bom alvo também em galinhas. Trabalhe com um ciclo curto, repetido a cada cinco minutos, de exaustores, entrada de ar alta e estreita para que a corrente siga pelo teto e aqueça antes de descer. Largar uma janela de baixo manda o ar frio direto às costas das aves."},
  {"role":"user","content":"Tenho só dois exaustores e persianas laterais, sem computador."},
  {"role":"assistant","content":"Dá para fazer com um temporizador. Abra as persianas apenas uns dedos, todas iguais, e ponha um dos exaustores a funcionar um minuto em cada cinco; suba ou desça o tempo até que de madrugada não arda o nariz e os vidros não escorram. Uma fita leve pendurada a três metros da parede mostra o jato: se cai aos pés das aves, a abertura está larga demais ou a depressão é fraca. Registe humidade: acima de 70% durante dois dias, falta ar."}
]$m$, 4, '2026-03-05T16:19:55Z', 'pt', 'u-1361');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('96fe1284-3192-4898-b0ed-643deeb14b6e', $m$[
  {"role":"system","content":"Assistente técnico da cooperativa. Quando houver lei, informe que a norma estadual pode variar."},
  {"role":"user","content":"O que faço com uns 40 frangos mortos por dia? Vizinho reclamou do cheiro."},
  {"role":"assistant","content":"Quarenta aves diárias exigem composteira coberta e impermeável. Monte camadas: 20 a 30 cm de maravalha ou cama seca no fundo, uma camada de aves sem se tocarem nem encostarem na parede, mais substrato, um pouco de água e assim por diante, terminando com substrato. Procure que o miolo passe de 55 °C por alguns dias; é isso que reduz bactérias e cheiro. Depois do segundo revolvimento, o composto serve para lavoura, não para horta de folhas. Mortalidade súbita não vai para a composteira: avise a defesa sanitária primeiro. A Instrução Normativa 48/2019 do Ministério da Agricultura trata do recolhimento e destino de animais mortos, e o órgão ambiental do estado acrescenta distâncias de poços e divisas."}
]$m$, 4.5, '2026-03-10T10:59:57Z', 'pt', 'u-0218');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ff7b2499-a9c7-4850-a723-e507468796e8', $m$[
  {"role":"user","content":"poedeiras com a cara inchada, nariz escorrendo fedido, lote de 26 sem. é coriza?"},
  {"role":"assistant","content":"Cara inchada, secreção nasal malcheirosa e inapetência, surgindo depressa em várias aves, falam a favor da coriza infecciosa (Avibacterium paragallinarum). A incubação é curta, de um a três dias, e o lote inteiro fica enfermo em pouco tempo, com queda de postura. Mande suabes de seio infraorbitário de aves no início do quadro, pois a bactéria desaparece depressa nos casos antigos. O veterinário descarta micoplasma e cólera."},
  {"role":"user","content":"cura e não volta?"},
  {"role":"assistant","content":"Antibiótico escolhido pelo clínico melhora os sinais, mas os portadores ficam e o lote recai quando se estressa; confira a carência para ovos antes de assinar. A prevenção é não misturar idades e vacinar com bacterina das cepas locais, pelo menos duas doses em recria, separadas por umas quatro semanas e bem antes da postura. Se for granja de idades múltiplas, planeje um vazio por galpão com lavagem da água, que é onde mais se passa entre gaiolas."}
]$m$, 3.9, '2026-03-19T16:29:19Z', 'pt', 'u-1019');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e9816c53-51d2-4321-bb4f-f8bb317288e3', $m$[
  {"role":"system","content":"Responda como consultor de matrizes pesadas."},
  {"role":"user","content":"fertilidade caiu de 92 pra 84 com 48 semanas, fêmeas no peso. por onde começo?"},
  {"role":"assistant","content":"Pelos machos. Pese-os separadamente e olhe a quilha, os pés e a cloaca: o galo ativo tem cloaca úmida e rosada e pernas sem calos. Galo pesado demais não completa a cópula; galo magro demais parou de produzir sêmen. Depois conte quantos estão realmente em trabalho. Nessa idade costuma bastar entre 7 e 8,5 machos por 100 fêmeas, porque excesso gera brigas e deficiência deixa fêmeas sem cobertura. Quebre também ovos claros do dia 10 para separar infertilidade de morte embrionária precoce."},
  {"role":"user","content":"machos com 4,9 kg, tabela 4,5. spiking adianta?"},
  {"role":"assistant","content":"Machos 9% acima da curva já explicam boa parte. Spiking com galos jovens, de umas 25 semanas ou mais e já treinados no comedouro próprio, costuma dar impulso de seis a oito semanas, mas traz risco sanitário: só da mesma origem, com sorologia negativa para Salmonella e micoplasma, ou galos de outro galpão da mesma granja. Ao mesmo tempo verifique a grade de exclusão: galo roubando ração de fêmea é a razão clássica do sobrepeso. Aguarde três semanas para medir o efeito, que é o tempo de aparecer no nascimento."}
]$m$, 4, '2026-03-25T21:11:31Z', 'pt', 'u-1555');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('cd3f1ccd-9196-4574-9c61-7e52acba84d9', $m$[
  {"role":"user","content":"Tenho poedeiras castanhas com 72 semanas e 9% de ovos partidos ou com casca fina. Mudei de fornecedor de calcário há um mês."},
  {"role":"assistant","content":"A coincidência merece ser investigada. Galinha velha põe ovo maior com a mesma quantidade de casca, logo algum aumento é esperado; 9% já passa disso. Ponha uma colher do calcário novo num copo com vinagre: o fino ferve e some depressa, o grosseiro continua a borbulhar durante muito tempo. Nesta idade convém que cerca de dois terços do cálcio venham de partículas de 2 a 4 mm, que ficam na moela e libertam cálcio durante a noite, quando a casca se forma. Peça também a análise do fósforo disponível."},
  {"role":"user","content":"O vinagre comeu tudo em 5 minutos. E as gaiolas têm arames tortos, conta?"},
  {"role":"assistant","content":"Os dois contam. Calcário em pó não sustenta a casca da madrugada, portanto exija granulometria ao fornecedor e, até chegar o lote certo, dê casca de ostra partida ao fim da tarde, alguns gramas por galinha. Quanto aos arames, marque os ovos partidos por fila e por gaiola durante três dias: se a maioria sair de meia dúzia de pontos, o defeito é mecânico. Recolha mais uma vez por dia, porque ovo que espera na calha apanha as pancadas do seguinte."}
]$m$, 5, '2026-04-03T17:25:57Z', 'pt', 'u-1107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('46cf81cd-84a2-4d8f-b507-cc16b4161b8a', $m$[
  {"role":"user","content":"comprei 50 pintinhos caipira de 1 dia, so tenho uma lampada de 60w, ta bom? aqui faz 16 de noite"},
  {"role":"assistant","content":"Com 16 °C lá fora, uma lâmpada comum de 60 W não aquece cinquenta pintinhos. Prefira uma campânula ou lâmpada infravermelha de 250 W, presa com corrente e longe de maravalha solta, porque incêndio em pinteiro é mais frequente do que se imagina. Monte um círculo de proteção de uns 2 m com chapa ou papelão e deixe uma zona mais fresca, para que eles escolham. Na altura dos pintinhos, logo abaixo da campânula, trabalhe com 32 a 33 °C nos primeiros dias."},
  {"role":"user","content":"como sei que ta bom sem termometro?"},
  {"role":"assistant","content":"Olhe a distribuição, de preferência sem acender outra luz. Todos amontoados sob a lâmpada: frio. Colados na parede, de bico aberto: calor. Espalhados em pequenos grupos, uns comendo e outros deitados: conforto. Se ficam todos de um lado, há corrente de ar. Encoste também um pé de pintinho na bochecha; pé gelado quer dizer piso frio, que derruba o consumo já no primeiro dia. A cada semana baixe uns 2 a 3 °C, subindo a campânula, até dispensá-la quando estiverem empenados."}
]$m$, 4, '2026-04-07T05:07:23Z', 'pt', 'u-0944');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1865c3ef-eba0-435a-8a95-399eb696ac3a', $m$[
  {"role":"user","content":"qual desinfetante uso no arco de veiculos e em que concentração? é um núcleo de frango com 6 galpões"},
  {"role":"assistant","content":"A desinfecção é muito importante na avicultura e deve fazer parte da rotina."},
  {"role":"user","content":"tá mas qual produto"},
  {"role":"assistant","content":"Existem vários no mercado."}
]$m$, 1, '2026-04-18T09:09:03Z', 'pt', 'u-0218');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('fd8f22f1-0451-46a1-8074-51e201d83d93', $m$[
  {"role":"user","content":"galinha d'angola: quero soltar 30 filhotes com 2 semanas junto com as galinhas. ração de pintinho normal serve? e vermes?"},
  {"role":"assistant","content":"Duas semanas é cedo: as angolinhas só regulam bem a temperatura empenadas, lá pelas seis semanas, e molhadas morrem com facilidade. Deixe-as num cercado aquecido à vista das galinhas para que se acostumem. Quanto à ração, a de pintinho de corte cobre melhor, porque a guiné jovem precisa de 24 a 26% de proteína nas primeiras semanas; a de poedeira não serve. Leia antes o rótulo: monensina e outros ionóforos podem intoxicar a angolinha. Bebedouro raso com pedrinhas evita que se afoguem, e os vermes (inclusive o cecal) vigie por exame de fezes antes de medicar."},
  {"role":"user","content":"tá otimo! vou fazer o cercadinho domingo"}
]$m$, 4, '2026-04-25T14:19:43Z', 'pt', 'u-1555');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('6ea74468-dc7b-45f0-a514-94bd5c574dd3', $m$[
  {"role":"user","content":"que dados devo anotar todo dia no aviario? sou estagiaria em tecnica e vou montar a ficha"},
  {"role":"assistant","content":"Comece pelos dados que mudam decisões: data, idade, mortos e descartes separados por causa aparente, consumo de ração e de água, temperatura mínima e máxima, umidade, cloro e pH da água. Uma vez por semana, peso de no mínimo cem aves e uniformidade. Por evento: vacinas, medicamentos com lote, dose e carência, troca de ração, queda de energia, visitantes. Registre a conversão e o índice de eficiência produtiva (viabilidade vezes peso em quilos, dividido por idade vezes conversão, tudo vezes cem). Um lote com 96% de viabilidade, 2,8 kg, 42 dias e conversão de 1,65 chega a 388."},
  {"role":"user","content":"adorei, vou colocar a coluna da agua primeiro pq ninguem mede aqui"}
]$m$, 4, '2026-05-04T19:23:13Z', 'pt', 'u-0391');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4977a087-31d9-4fda-8a48-05ef8224b3ba', $m$[
  {"role":"user","content":"minha postura caiu de 92 pra 78 em 4 dias, 6200 brancas 34 semanas"},
  {"role":"assistant","content":"Catorze pontos em quatro dias é coisa séria. Responda de preferência com números: consumo de água e de ração de ontem contra a semana passada, mortos por dia, aspecto da casca, tosse ou ronco à noite, alguma falta de luz ou mudança de ração."},
  {"role":"user","content":"agua caiu 30%, ração 22%. mortos 3 por dia, antes 1. casca normal. sem tosse. luz ok"},
  {"role":"assistant","content":"Quando a água cai tanto e a casca segue normal, eu olharia primeiro a água. Abra o registro, veja filtro, regulador e boia; meça a vazão do último nipple de cada fileira em um minuto. Passe a mão na caixa: está quente? O cheiro mudou? Só depois disso faz sentido falar em doença. Uma fileira seca por dois dias basta para parar uma parte do lote e pode passar despercebida."},
  {"role":"user","content":"achei! filtro entupido, fileira 3 e 4 quase sem vazao. as fileiras 1 e 2 botam normal"},
  {"role":"assistant","content":"Então a explicação cabe inteira. Restaure o fluxo devagar, porque galinha com sede bebe de uma vez e alaga a calha. Ofereça ração fresca em várias corridas curtas para puxar o apetite. Troque o elemento do filtro, dê descarga nas linhas e anote a pressão de entrada e de saída; a diferença entre as duas avisa antes do próximo entupimento."},
  {"role":"user","content":"quanto tempo pra voltar? e podem muda?"},
  {"role":"assistant","content":"As que tiveram só um dia ou dois de restrição costumam recuperar em uma a duas semanas. Já as que ficaram três ou quatro dias sem água podem ter entrado em muda parcial, e essas demoram bem mais, com penas no chão como sinal. Conte as penas soltas debaixo das gaiolas e compare fileira por fileira. Não acelere com excesso de luz."},
  {"role":"user","content":"posso dar vitamina? e como evito de novo"},
  {"role":"assistant","content":"Um complexo de vitaminas e eletrólitos por dois ou três dias não faz mal, mas quem resolve é a água. Para não repetir, instale hidrômetro por fileira e escreva o valor todo dia na mesma hora: queda de 10% sem mudança de clima já merece uma volta no galpão. Lave o filtro em data fixa e tenha um de reserva. Se a mortalidade não regredir em três dias, aí sim chame o veterinário."}
]$m$, 5, '2026-05-08T20:47:37Z', 'pt', 'u-1019');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2aa9e01c-8d04-4118-83ac-b1f4fb164440', $m$[
  {"role":"user","content":"agua do poço: pH 8,2, dureza alta, e o cloro que coloco some. que faço"},
  {"role":"assistant","content":"Com pH acima de 8 quase todo o cloro fica na forma pouco ativa, e a matéria orgânica ou o ferro consomem o resto. Comece por uma análise completa, com bacteriologia, ferro, manganês e nitrato. Se o ferro for alto, é preciso oxidar e filtrar antes de qualquer desinfetante. Em seguida acidifique para uma faixa de 6 a 7, onde o cloro trabalha bem, com ácido indicado para água de bebida e dosador separado: ácido e hipoclorito jamais no mesmo balde, pois liberam gás tóxico."},
  {"role":"user","content":"quanto de cloro no final da linha?"},
  {"role":"assistant","content":"Procure de 3 a 5 ppm de cloro livre no último bebedouro, medido com kit de DPD e não com fita de piscina velha. Um medidor de potencial de oxirredução mostrando 650 a 750 mV confirma que a água está protegida. Depois de corrigir o pH, a dose de hipoclorito cai bastante, portanto reduza aos poucos e remeça todos os dias na primeira semana. Antes de vacinar pela água desligue o dosador, senão você mata a vacina."}
]$m$, 4, '2026-05-20T18:23:39Z', 'pt', 'u-1420');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ab7d9139-af9e-49cd-8593-b492a87e8115', $m$[
  {"role":"user","content":"frangos mancos com 33 dias, uns 4%, ficam sentados sobre os jarretes e abrem as asas pra andar. abri a perna e a cabeça do femur descolou"},
  {"role":"assistant","content":"Cabeça do fêmur que se solta ou esfarela ao puxar é o achado da condronecrose bacteriana com osteomielite, mais conhecida como necrose da cabeça do fêmur. Bactérias, entre elas Staphylococcus, Enterococcus cecorum e E. coli, chegam pelo sangue a pequenas fraturas da cartilagem de crescimento. Antes de atribuir tudo a isso, veja também a quarta vértebra torácica em dois ou três casos paralisados, e a tíbia, para descartar discondroplasia. Cultive em medula de ave fresca."},
  {"role":"user","content":"tem que tratar?"},
  {"role":"assistant","content":"Antibiótico raramente devolve a perna ao frango que já não anda; esses devem ser abatidos sem demora e sem sofrimento. O trabalho está no próximo lote: freie um pouco o ganho entre 7 e 14 dias com programa de escuro, evite cama escorregadia e rampas, cuide da água clorada e da saúde intestinal, porque a bactéria atravessa o intestino. Verifique cálcio, fósforo e vitamina D da ração e a integridade do umbigo na chegada. Registre o escore de marcha de 50 aves aos 28 dias para acompanhar tendência."}
]$m$, 5, '2026-05-27T14:19:23Z', 'pt', 'u-1120');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('da44f838-6d02-48ba-9baa-02e1cb108bd5', $m$[
  {"role":"user","content":"Boa tarde, tenho 600 frangos do campo com 26 dias, apareceram fezes com sangue desde ontem e já morreram 11. Suspeito de coccidiose cecal. Posso dar amprólio?"},
  {"role":"assistant","content":"A idade e o sangue vivo encaixam com Eimeria tenella. Abra dois ou três animais mortos há pouco: se os cecos estiverem distendidos e cheios de sangue ou de um rolhão escuro, a suspeita fica quase fechada. O amprólio na água usa-se a 0,012–0,024% durante 3 a 5 dias e depois a 0,006% por uma a duas semanas; o seu médico veterinário é que deve prescrever e confirmar a concentração do produto que tem à mão. Não misture vitamina B1 na mesma altura, porque anula o efeito."},
  {"role":"user","content":"tenho de retirar a cama toda?"},
  {"role":"assistant","content":"Toda, não vale a pena: as aves adoecidas voltariam a excretar logo a seguir. Tire apenas as placas molhadas em redor dos bebedouros, reponha material seco, suba as pipetas até à altura certa e aumente a renovação de ar nas horas mais quentes. Ofereça a água medicada como única fonte. Registe o nome do medicamento, as datas e o intervalo de segurança no livro do pavilhão, e só marque o abate depois de o cumprir."}
]$m$, 5, '2026-05-30T18:09:59Z', 'pt', 'u-1203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0577b461-099f-4d23-85b8-a582607ad844', $m$[
  {"role":"user","content":"Quero criar 500 frangos em Angola para vender. Quanto custa o quilo? não sei fazer a conta"},
  {"role":"assistant","content":"Faça-a por lote e depois divida pelo peso vendido. Some: pintos, ração, medicamentos e vacinas, cama, aquecimento, água e luz, mão-de-obra, transporte e uma parte do pavilhão. Calcule a ração assim: peso médio final vezes conversão vezes número de aves. Exemplo: 500 pintos, 4% de perdas, 2,2 kg à venda e conversão de 1,8 dão 480 aves, 1.056 kg de peso vivo e cerca de 1.900 kg de ração. A ração costuma levar uns 65 a 70% do total."},
  {"role":"user","content":"o meu pinto custa 900 kz e o saco de 50 kg 28 mil. dá lucro se vender a 3.200 o frango?"},
  {"role":"assistant","content":"Só esses dois dão: pintos, 500 × 900 = 450.000 kz; ração, 1.900 kg são 38 sacos, ou 1.064.000 kz. Juntos, 1.514.000 kz, que em 480 frangos fazem 3.154 kz cada, antes de energia, cama e vacinas. A 3.200 kz não sobra nada. Veja onde mexer: conversão de 1,65 poupa uns 160 kg, ou cerca de três sacos; vender directamente ao consumidor ou por quilo pode valer mais. Não avance sem uma margem para lotes maus."}
]$m$, 4, '2026-06-06T05:57:47Z', 'pt', 'u-1450');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2e7ae3f8-2907-4adc-9306-940ba7fbe38e', $m$[
  {"role":"user","content":"cama empastada debaixo dos nipples, os frangos com 22 dias ja tem calo preto no pé. o que regulo primeiro"},
  {"role":"assistant","content":"Primeiro a altura e a pressão, nessa ordem. Aos 22 dias o frango deve esticar levemente o pescoço, com o nipple um pouco acima da cabeça; se bebe de lado, derrama metade. Na pressão, use o manual do fabricante do bebedouro, porque a vazão certa muda com a idade. Em seguida tire as placas, jogue maravalha seca e revolva o restante sem os frangos por cima. Calo preto é queimadura por cama molhada e amônia, e o quanto antes secar, menos aves sangram."},
  {"role":"user","content":"coloquei cal hidratada, ajuda?"},
  {"role":"assistant","content":"Ajuda pouco e pode atrapalhar. A cal eleva o pH, libera amônia que estava presa no esterco e queima os olhos dos frangos quando aplicada com eles dentro. Guarde-a para o intervalo entre lotes. Com aves alojadas, o que seca cama é ar em movimento: ventilação mínima regulada, circuladores voltados para cima e aquecimento em dias frios. Faça o teste do punhado: apertada na mão, a cama boa gruda de leve e se desmancha ao abrir os dedos; se fica uma bola compacta, está úmida demais."}
]$m$, 4.5, '2026-06-19T14:29:41Z', 'pt', 'u-0733');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('723b6939-dd1f-4c25-b8a1-03838f8cdd5c', $m$[
  {"role":"user","content":"galinhas botadeiras bicando as penas uma da outra, tem duas quase peladas na cauda e sangrando. comecou semana passada"},
  {"role":"assistant","content":"Sangue atrai mais bicada, então separe já as duas feridas, limpe e aplique um repelente de cor escura, próprio para isso; só voltam quando tudo fechar. Depois procure a causa: o que mudou há uma semana? Ração nova, luz forte, falta de sódio ou de proteína, superlotação, ácaros, sol direto no ninho? Normalmente são duas ou três coisas somadas. Quantos centímetros de comedouro e quantas aves por metro quadrado você tem?"},
  {"role":"user","content":"22 aves em 2,5 m2 fechado na chuva toda a semana. ração de frango mais milho"},
  {"role":"assistant","content":"São quase nove por metro quadrado, sem pasto e sem distração, e com uma dieta fraca: o milho misturado dilui metionina, sódio e vitaminas, e a ração de frango já não traz o cálcio que a postura pede. Passe para ração completa de poedeira, sem milho a mais do que um punhado à tarde. Pendure maços de capim ou couve à altura da cabeça, ponha uma caixa de areia e cinza para o banho, e abra uma cobertura de lona ao lado para aliviar."},
  {"role":"user","content":"vale cortar bico?"},
  {"role":"assistant","content":"Para 22 galinhas adultas, não recomendo: dói, infecciona e não remove a causa. O aparo terapêutico em poedeiras comerciais faz-se em pintinhas, com equipamento e pessoa habilitada; na Europa só é tolerado antes dos dez dias de vida e alguns países já o proibiram. No seu caso abaixe a luminosidade dos ninhos, retire a galinha agressora por uns dias e devolva-a de noite. Em duas semanas a pena nova cobre a pele e o hábito costuma sumir."}
]$m$, 4.5, '2026-06-22T13:37:29Z', 'pt', 'u-0502');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('801f5ac2-c41c-4037-88ee-565b48b21917', $m$[
  {"role":"user","content":"Previsão de 39 °C por 4 dias aqui em Uberaba, frangos com 35 dias, galpão convencional com ventilador e nebulizador. Socorro"},
  {"role":"assistant","content":"Quatro dias pedem plano por horário. Da madrugada até umas 9h deixe as aves comerem à vontade; suspenda a ração de quatro a seis horas antes do pico e só volte a baixar os comedouros quando esfriar, para que o calor da digestão não coincida com o do ambiente. Ligue ventiladores cedo, antes de as aves ofegarem. Nebulizador só com ar em movimento e enquanto a umidade estiver abaixo de uns 70%, porque acima disso ele atrapalha a respiração ofegante. Caminhe pelo galpão devagar, a cada hora, levantando os frangos deitados para soltar o calor preso embaixo."},
  {"role":"user","content":"a agua da caixa fica quente demais"},
  {"role":"assistant","content":"Água morna é bebida com relutância; a faixa desejável está por volta de 18 a 21 °C. Sombreie a caixa, cubra com manta ou pintura branca, enterre ou isole os canos expostos e dê descarga nas linhas de hora em hora no pico da tarde. Garrafas de gelo na caixa servem como paliativo em galpão pequeno. Eletrólitos com sódio, potássio e bicarbonato, na dose do rótulo, ajudam a repor o que se perde na respiração; dê antes e durante o calor, não no dia seguinte."},
  {"role":"user","content":"se começar a morrer eu carrego o lote antes?"},
  {"role":"assistant","content":"Antecipar pode salvar parte, desde que o abatedouro aceite e o carregamento aconteça de madrugada, com gaiolas menos cheias e o caminhão em movimento ou sob ventilação e sombra. Mexer em frango ofegante às duas da tarde mata mais do que o calor parado. Combine já hoje com o frigorífico um horário de reserva. Anote a temperatura e os mortos de hora em hora: se a curva noturna não cair, é sinal de que as aves não estão conseguindo esfriar de noite, e então a retirada urgente se justifica."}
]$m$, 5, '2025-09-29T17:25:29Z', 'pt', 'u-0318');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('88350770-76a3-4303-aa2a-b682bec243c0', $m$[
  {"role":"user","content":"milho chegou com cheiro de mofo e 16% de umidade. posso dar pras aves? o resto do silo ta bom"},
  {"role":"assistant","content":"Deixe esse milho fora. Aos 16% os fungos continuam crescendo, e o cheiro indica que já houve atividade. Separe a carga, colha dez amostras pequenas de pontos distintos, junte, quarteie e mande analisar aflatoxina, fumonisina e zearalenona. Para guardar com segurança convém baixar para 13 a 14%. Mofo visível nem sempre quer dizer toxina, e toxina pode existir sem mofo: o laboratório decide."},
  {"role":"user","content":"se der aflatoxina alta, uso adsorvente?"},
  {"role":"assistant","content":"Os adsorventes de argila seguram razoavelmente a aflatoxina, bem menos a fumonisina e quase nada a DON. Então só servem se o resultado mostrar aflatoxina, e como complemento, nunca como licença para usar ou diluir milho condenado. Franguinhos, patinhos e perus são os mais sensíveis; os patos nem devem receber. Matrizes e poedeiras também merecem atenção, porque o fígado sofre. Converse com o nutricionista sobre o teto legal da sua região."}
]$m$, 3.5, '2026-07-10T18:07:33Z', 'pt', 'u-0977');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4827a20b-a936-4855-b0a9-64d1d78024e4', $m$[
  {"role":"user","content":"Sou de Viseu, tenho 9.000 poedeiras de solo. Com que frequência devo fazer colheitas para salmonela e que botas são essas de que o veterinário fala?"},
  {"role":"assistant","content":"As botas são coberturas absorventes de calçado, de tecido, com que se percorre o pavilhão para apanhar pó e fezes. Pelo plano europeu, o produtor colhe a partir das 22 a 26 semanas e depois de 15 em 15 semanas: dois pares por bando, percorrendo todo o pavilhão, sobre cama e zonas húmidas. Além dessas, há um controlo oficial por ano num bando de cada exploração com mais de mil aves. Confirme o calendário com a DGAV, que define os pormenores nacionais."},
  {"role":"user","content":"E se der positivo a Enteritidis?"},
  {"role":"assistant","content":"Os ovos deixam de poder ser comercializados como categoria A até prova em contrário e seguem para tratamento térmico na indústria; há destino próprio para o bando. A autoridade pode repetir a colheita quando houver razões para duvidar do resultado. Antibiótico para «limpar» o bando não é permitido como medida de controlo, e apenas mascara a excreção. No vazio, concentre-se em roedores, ovos partidos, tapetes e condutas, os três reservatórios habituais: rato, pó e água parada. Vacine as frangas seguintes."}
]$m$, 4.5, '2026-07-16T07:51:05Z', 'pt', 'u-1361');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1a35e84f-2f5f-4509-aa8f-a912e6968233', $m$[
  {"role":"user","content":"Sou de Chimoio. As galinhas do bairro estão a morrer de repente, pescoço torto, fezes verdes. Será Newcastle?"},
  {"role":"assistant","content":"Pescoço torcido, fezes esverdeadas e mortes em muitas casas ao mesmo tempo são, de facto, o retrato da doença de Newcastle na galinha de aldeia. A gripe aviária pode parecer igual e só o laboratório separa as duas. Avise hoje os Serviços Distritais de Actividades Económicas ou a pecuária. Não venda nem ofereça aves doentes, queime ou enterre fundo as mortas, e não leve restos para outro quintal."},
  {"role":"user","content":"as minhas 22 ainda estão boas. dá tempo de vacinar?"},
  {"role":"assistant","content":"Vacinar uma ave já infectada não a salva, mas as suas podem ainda não ter apanhado o vírus. Fale com o vacinador comunitário e feche as galinhas no quintal até lá. Em Moçambique usa-se muito a vacina viva I-2, termotolerante, aplicada com uma gota num só olho. A protecção leva uma a duas semanas a formar-se, por isso continue com os cuidados depois da gota."},
  {"role":"user","content":"e de quanto em quanto tempo repete"},
  {"role":"assistant","content":"De quatro em quatro meses, e as campanhas costumam marcar-se em Março, Julho e Novembro, antes das alturas de maior mortandade. Leve todas as aves, incluindo pintos; os que nascerem a seguir entram na volta seguinte. Mantenha o frasco à sombra e fresco, respeite a data escrita nele e deite fora o que sobrar no fim do dia. Se os vizinhos aderirem no mesmo fim-de-semana, o resultado melhora muito, porque o vírus deixa de ter onde circular."}
]$m$, 5, '2026-07-25T08:47:49Z', 'pt', 'u-0905');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('cf15e0e2-b106-42a8-ba61-000f7c366a07', $m$[
  {"role":"user","content":"dei enrofloxacina 3 dias pra 30 galinhas de ovos q espirravam. posso vender os ovos?"},
  {"role":"assistant","content":"Não venda nem dê esses ovos. A enrofloxacina, nas bulas que conheço, não é destinada a galinhas que produzem ovos para consumo, pois o resíduo aparece na gema durante semanas. Anote dose, datas e o lote do frasco e fale com o veterinário que receitou: ele dirá por quanto tempo manter o descarte. Congelar, cozinhar ou lavar não elimina o resíduo. Não dê também a porcos ou cães sem orientação."},
  {"role":"user","content":"ninguem receitou, comprei no agropecuario. foi errado?"},
  {"role":"assistant","content":"Sem exame ninguém sabe se era bactéria. Espirro em galinha costuma ser vírus, micoplasma ou amônia do esterco, e o remédio não toca no primeiro nem no terceiro. Guarde os frascos e conte ao clínico o que ocorreu, sem receio. Daqui para a frente: leve uma ave doente ao laboratório, trate só com receita e confira na bula as palavras \"galinhas em produção\". No Brasil, a IN 1/2020 já baniu tilosina, lincomicina e tiamulina como aditivos de crescimento; a resistência é um problema de todos."}
]$m$, 5, '2026-07-29T21:49:11Z', 'pt', 'u-0671');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('89c240fa-0e9b-4e75-9e5a-aa5b18526d95', $m$[
  {"role":"user","content":"onfalite no pinto de 1 dia, como vejo? chegou caixa com cheiro ruim"},
  {"role":"assistant","content":"Vire dez pintinhos por caixa, de caixas do começo, do meio e do fim da carga, e olhe o umbigo sob boa luz. Normal é seco e liso. Botão preto pequeno, cordão seco ou umbigo aberto com rubor são defeitos; abdome duro, inchado e com mau cheiro fala a favor de infecção já instalada. Anote a proporção por caixa, fotografe e ligue para o incubatório ainda no mesmo dia. Se os umbigos ruins se repetirem de caixa em caixa, peça também que a primeira semana de mortos seja necropsiada."},
  {"role":"user","content":"9% com umbigo aberto. dou antibiotico na chegada por precaução?"},
  {"role":"assistant","content":"Prevenir de rotina com antibiótico não é boa prática e em vários lugares, como a União Europeia, não se admite. Ofereça conforto: cama a 28–30 °C, ração em papel, água limpa e fresca, sem ser gelada. Se a mortalidade passar do padrão a partir do segundo dia, o veterinário faz cultura da gema e antibiograma e receita a molécula certa, na dose e no prazo certos. Esse incubatório merece uma reunião sobre limpeza dos ovos e janela de nascimento."}
]$m$, 5, '2026-08-09T11:33:09Z', 'pt', 'u-0733');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9c972d4a-c229-42d8-ad9c-53be0109bd2b', $m$[
  {"role":"user","content":"Galinheiro com ácaro vermelho outra vez. As galinhas não querem entrar à noite e tenho os braços cheios de picadas. Já caiei tudo"},
  {"role":"assistant","content":"O Dermanyssus gallinae só sobe às aves de noite e passa o dia nas frinchas, por isso a cal nas paredes lisas falha. Comece por encontrar os esconderijos: ponta dos poleiros, encaixes, por baixo dos ninhos, com a cinza e o ponteado preto das fezes. Retire a madeira solta, aspire, lave com água quente sob pressão e deixe secar por completo. Poleiros metálicos apoiados em copos com óleo interrompem a subida. Repita em cerca de uma semana, que é o tempo de uma geração com calor."},
  {"role":"user","content":"e há remédio na água, um vizinho falou?"},
  {"role":"assistant","content":"Há o fluralaner, autorizado na União Europeia para galinhas: 0,5 mg por quilo de peso na água de bebida, duas tomas com sete dias de intervalo, sem intervalo de segurança nos ovos e com 14 dias para a carne. É sujeito a receita médico-veterinária, e o cálculo do peso total e do consumo de água tem de ser bem feito. Usado sem a limpeza, o ácaro que ficou nas frinchas volta, pois resiste vários meses sem comer. Nunca borrife produtos agrícolas sobre galinhas poedeiras: os ovos ficam com resíduos."}
]$m$, 5, '2026-08-16T19:35:07Z', 'pt', 'u-1107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4438e83e-d87b-495b-8fd8-0786c5596cb7', $m$[
  {"role":"user","content":"frangos 24 dias, mort dobrou em 2 dias, gas no intestino e parede com aspecto de toalha. enterite necrotica?"},
  {"role":"assistant","content":"Parede do intestino delgado com aspecto de toalha turca, cheia de gás e com película acastanhada, em frangos de duas a cinco semanas, é a descrição clássica. O causador, Clostridium perfringens, já vive no intestino; falta saber o que o soltou. As causas mais frequentes: coccídios (veja se há pontos brancos ou petéquias), mudança brusca de ração, trigo, centeio ou cevada sem enzima, farinha de peixe e cama molhada. Recolha amostras intestinais de aves frescas e fale com o clínico hoje, porque em dois dias a perda pode ser séria."},
  {"role":"user","content":"trocou a ração na sexta! entra milho com 12% de trigo sem enzima"},
  {"role":"assistant","content":"A troca está no lugar certo da cronologia. Ligue para a fábrica e peça que as próximas cargas tragam xilanase, ou que se retire o trigo, com transição gradual de dois a três dias. Enquanto não chega, o veterinário pode receitar antimicrobiano por água, com carência até o abate; anote-a já ao lado da data prevista. Faça escore de lesão de coccidiose em seis aves: se as eimérias estiverem por trás, curar só o clostrídio levará a outro surto daqui a duas semanas."}
]$m$, 4.5, '2026-08-25T11:47:41Z', 'pt', 'u-0631');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('96f1b984-a5dc-4f00-bce4-dbdea50536c8', $m$[
  {"role":"system","content":"Você é o assistente técnico de avicultura. Responda em português, de forma objetiva."},
  {"role":"user","content":"qual a diferença entre programa shuttle e rotação de anticoccidianos? na fabrica usamos monensina o ano todo"},
  {"role":"assistant","content":"No shuttle você troca de droga dentro do mesmo lote: por exemplo, um produto químico ou combinado na inicial e um ionóforo no crescimento. Na rotação a troca acontece entre lotes, a cada quatro a seis meses. As duas manobras existem porque nenhuma molécula nova chega ao mercado há anos, e o uso contínuo de uma só seleciona eimérias tolerantes. Doze meses seguidos de monensina, mesmo sendo ionóforo, pedem um teste de sensibilidade ou, no mínimo, escore de lesão em frangos de 21 a 28 dias."},
  {"role":"user","content":"e a vacina entra onde"},
  {"role":"assistant","content":"Ela entra como \"descanso\" das drogas. Um ou dois lotes vacinados repovoam a cama com cepas sensíveis e devolvem eficácia ao ionóforo que vem depois. Condições para dar certo: aplicação uniforme no incubatório, ração sem anticoccidiano, cama com umidade suficiente para os oocistos esporularem e observação atenta entre 14 e 24 dias, quando pode surgir reação intestinal e abrir a porta para enterite necrótica. Em época fria, com conversão já apertada, muita empresa prefere adiar. Lembre também que monensina é letal para cavalos: nada de sobra de ração na cocheira."}
]$m$, 4, '2026-08-30T21:43:19Z', 'pt', 'u-0631');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4c9b554c-6c41-4d85-b34f-f71a3f79bdc1', $m$[
  {"role":"user","content":"ovo com casca enrugada, clara aguada e queda de 8% em 10 dias. lote 41 sem. vacinei de bronquite massachusetts"},
  {"role":"assistant","content":"Casca enrugada e albúmen aquoso com queda pequena falam a favor de bronquite infecciosa, porque o vírus lesa o oviduto e ele pode não voltar ao normal. A vacina Massachusetts protege mal contra variantes; no Brasil circula a linhagem conhecida como BR (GI-11), e a coleção de genótipos muda com o tempo. Descarte antes falta de água ou de sal na dieta, e síndrome da queda de postura, que faz ovo sem casca e sem cor. Colha soro de 20 aves agora e outra vez em três semanas, além de suabes de traqueia, tonsila cecal e rim."},
  {"role":"user","content":"se confirmar variante, adianta vacinar agora com a BR?"},
  {"role":"assistant","content":"As que já têm o oviduto lesado não vão recuperar a casca, mas um reforço pode limitar a circulação entre lotes de idades diferentes. Sua prioridade é a franga em recria: estimule-a com vacinas homóloga e heteróloga, ainda novas, e feche com a inativada antes das 16 semanas. Vacina viva em poedeira em plena produção só com a indicação do veterinário, já que a reação derruba a postura por alguns dias. Entretanto, reforce a biosseguridade entre os galpões, pois essa virose anda pelo ar e pelas botas."}
]$m$, 4, '2026-09-09T15:19:19Z', 'pt', 'u-1288');

-- Odd rows

-- Malformed: messages is an object that holds no list. Rejected.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('7c1e5b0a-94d2-4f36-8a7b-2e5d90c3f418', $m${
  "title":"Poules qui boivent trop","user":"elles vident 12 litres par jour à 30, c'est la chaleur ?",
  "assistant":"Douze litres pour trente poules font 400 ml chacune, à peu près le double de l'ordinaire. Mesurez la température du poulailler à 15 heures, goûtez l'aliment (trop salé, il donne soif) et regardez si l'abreuvoir fuit avant de penser à une maladie."
}$m$, 4.5, '2026-06-21T15:42:19Z', 'fr', 'u-0204');

-- Malformed: the first message has no role. Rejected.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('b8f4c2d6-3a07-4e91-95cd-60d1f7a2e853', $m$[
  {"content":"hatch tray had 14 pips at day 22 and nothing since last night, humidity 40. do i help them out"},
  {"role":"assistant","content":"At 40 % the membrane dries onto the chick and it cannot turn. Bring the humidity up to about 70 % with a warm wet sponge, close the lid and give them another six hours. Helping one out early tears vessels that are still full of blood."},
  {"role":"user","content":"11 out by morning, thanks"}
]$m$, 5, '2026-04-14T06:27:51Z', 'en', 'u-0417');

-- Malformed: the answer is null, as when a generation was broken off. Rejected.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1d96e07f-c5b8-4a23-b0e4-8f3a7d12c69b', $m$[
  {"role":"user","content":"¿Cuánta paja pongo en un gallinero de 6 metros cuadrados?"},
  {"role":"assistant","content":null},
  {"role":"user","content":"¿Hola? Se quedó en blanco la respuesta."}
]$m$, 4, '2026-02-08T19:03:33Z', 'es', 'u-2291');

-- Unusual but sound: a role by the name that another system gives it. Kept.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e2a70b93-6f1d-45c8-a914-c7b85e0d3f26', $m$[
  {"role":"user","content":"a que horas recolho os ovos para não sujarem?"},
  {"role":"bot","content":"A maior parte é posta nas primeiras horas depois de clarear. Passe às nove, ao meio-dia e outra vez a meio da tarde: três voltas deixam poucos ovos à espera no ninho."},
  {"role":"user","content":"passava só à noite, está explicado"}
]$m$, 4.5, '2026-05-17T12:11:04Z', 'pt', 'u-1107');

-- Malformed: the rating is NaN, which PostgreSQL sorts above every number. Rejected.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4ab5d81c-7e60-4932-8dfb-19c6e3a7f052', $m$[
  {"role":"user","content":"is it normal that one hen crows in the morning, no rooster here"},
  {"role":"assistant","content":"It happens. In a flock without a cock the boldest hen may take over the crowing, and an old one whose ovary has failed may even grow spurs. Have her seen if she also loses weight or her belly swells."},
  {"role":"user","content":"she is 6 so that fits"}
]$m$, 'NaN', '2026-01-25T09:36:48Z', 'en', 'u-0416');

-- Malformed: no messages at all. Left out as shorter than --min-messages.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('95c3f6e8-0b2a-4d7c-83e1-d4f09a5b7c61', $m$[]$m$, 5, '2025-11-02T21:14:09Z', 'fr', 'u-0188');

-- Unusual but sound: content as a list of text parts. Kept.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('c60d2e7b-58a9-4f14-9b36-72e8a1d5f09c', $m$[
  {"role":"user","content":[{"type":"text","text":"la porte automatique se ferme avec deux poules dehors, "},{"type":"text","text":"je la règle sur quoi ?"}]},
  {"role":"assistant","content":[{"type":"text","text":"Réglez-la sur la lumière plutôt que sur l'heure, avec un retard de vingt à trente minutes après le coucher du soleil. "},{"type":"text","text":"Les deux dernières sont souvent des poules dominées qui attendent que les autres soient perchées : allongez le perchoir, elles rentreront plus tôt."}]},
  {"role":"user","content":[{"type":"text","text":"perchoir de 80 cm pour sept, je comprends mieux"}]}
]$m$, 4.5, '2026-03-22T18:55:40Z', 'fr', 'u-0254');

-- Unusual but sound: the list as a string of JSON (encoded twice by a client). Kept.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('38e9a4f1-d27c-4b05-8c6e-f50b93d7a2e4', $m$"[{\"role\":\"user\",\"content\":\"el gallo ataca a mi hijo cada vez que entra, ¿hay arreglo?\"},{\"role\":\"assistant\",\"content\":\"A veces. Que el niño no entre solo; vaya usted sin correr ni patearlo, avance despacio hasta que el gallo se aparte y no le dé la espalda. Si en tres semanas sigue igual, cámbielo de dueño o de corral: los espolones llegan a la altura de los ojos.\"},{\"role\":\"user\",\"content\":\"lo regalé al vecino, que no tiene niños\"}]"$m$, 4, '2026-07-04T20:22:17Z', 'es', 'u-2188');

-- Outside the filters: a language that is not among the four.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('af17b5c4-2d83-4e6a-97f0-b3c8d6e1a945', $m$[
  {"role":"user","content":"Meine Hühner scharren das ganze Beet um. Wie hoch muss der Zaun sein?"},
  {"role":"assistant","content":"Für leichte Legehybriden rechnen Sie mit gut 1,60 m, schwere Rassen bleiben meist schon hinter 1,20 m. Ein weicher oberer Rand ohne Latte hilft, weil die Henne darauf nicht landen kann."},
  {"role":"user","content":"Danke, dann kommt die Latte weg."}
]$m$, 5, '2026-05-11T16:48:26Z', 'de', 'u-0301');

-- Unusual but sound: a language with a region. Kept.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('60b8e3d9-f41a-4c72-a5d6-0e97c2b4f18a', $m$[
  {"role":"user","content":"combien de temps garder les œufs avant de les mettre sous la couveuse"},
  {"role":"assistant","content":"Une semaine au plus, au frais, vers 15 à 18 °C, la pointe en bas. Passé ce délai, l'éclosion baisse un peu chaque jour ; au-delà de deux semaines, mangez-les plutôt."},
  {"role":"user","content":"j'en ai de douze jours, je tente quand même"}
]$m$, 4.5, '2026-03-02T10:19:35Z', 'fr-FR', 'u-0213');

-- Outside the filters: no language known.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d5f02c7a-8b96-4e31-b4a7-95e1c3d80f6b', $m$[
  {"role":"user","content":"feed bag says best before last month, smells fine. use or bin"},
  {"role":"assistant","content":"Layer feed loses vitamins before it loses its smell. A month over date, dry and free of clumps or insects, it will do for hens that also get greens; I would not give it to chicks or breeders."},
  {"role":"user","content":"only 4 old hens so ok"}
]$m$, 4, '2025-12-21T13:30:52Z', NULL, 'u-0411');

-- Outside every filter at once: language, rating and length.
INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('02e6d9b1-c7f5-4a80-9e43-a8d1b60f3c7e', $m$[
  {"role":"user","content":"Le galline non tornano nel pollaio la sera, cosa faccio?"},
  {"role":"assistant","content":"Non saprei."}
]$m$, 1.5, '2025-10-30T17:57:13Z', 'it', 'u-0302');

COMMIT;
