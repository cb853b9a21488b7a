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
  {"role":"assistant","content":"Le pain remplit et ne nourrit guère : une poule pondeuse mange environ 110 à 130 g d'aliment par jour, et chaque poignée de pain déplace autant de protéines et de calcium. Pomme de terre verte ou germée, avocat, sel et moisissures sont à bannir. Gardez pour base un aliment complet pondeuse, des coquilles d'huîtres à part, de l'herbe, et voyez les verdures comme une friandise donnée l'après-midi."}
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
]$m$, 4, '2026-05-02T10:26:40Z', 'fr', 'u-0204');

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
  {"role":"assistant","content":"Bonne nouvelle. Demain, retirez l'aliment environ six heures avant le pic de chaleur, donc en début de matinée, et distribuez tôt et tard. Prévoyez beaucoup d'eau : selon le guide Ross, la consommation monte d'environ 6,5 % par degré au-dessus de 21 °C. Sur la durée, le vrai levier est la densité ; le même guide demande de ne pas dépasser 16 à 18 kg/m² à la saison la plus chaude en bâtiment ouvert peu équipé. Ombre, débord de toit et orientation est-ouest feront le reste."}
]$m$, 5, '2026-04-27T12:48:19Z', 'fr', 'u-0131');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3a49a3e8-a25e-4372-a9fe-da1fee863d8c', $m$[
  {"role":"user","content":"j'ai des petites bêtes rouges la nuit dans le poulailler, 5 poules, elles veulent plus rentrer dormir"},
  {"role":"assistant","content":"Ce sont des poux rouges, qui sont en réalité des acariens : ils passent la journée dans les fentes et sucent le sang la nuit. À la belle saison, une génération dure à peine une semaine à dix jours, donc un seul nettoyage ne suffit jamais. Videz tout, grattez, passez le nettoyeur vapeur dans les joints et sous les perchoirs, brûlez la litière, puis recommencez deux fois à une semaine d'intervalle. La silice ou la terre de diatomées dans les fissures aide, avec un masque pour vous. Crêtes pâles chez les poules ?"},
  {"role":"user","content":"oui une est très pale et elle pond plus. il existe un médoc ?"},
  {"role":"assistant","content":"Oui. Le fluralaner, sur ordonnance, se donne dans l'eau : 0,5 mg par kilo, deux fois à sept jours d'écart, avec un temps d'attente nul pour les œufs. Pour cinq poules, demandez au vétérinaire de préparer la dose, le flacon étant prévu pour de grands troupeaux. Faites examiner la poule pâle, l'anémie peut la tuer. Et gardez en tête que le pou rouge survit des mois sans manger dans un poulailler vide : traiter les poules sans traiter le bois ne règle rien."}
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
]$m$, 4.5, '2026-02-23T08:12:58Z', 'fr', 'u-0109');

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
  {"role":"assistant","content":"Dans l'eau de boisson, à raison de 20 mg d'amprolium par kilo de poids vif et par jour pendant cinq à sept jours, d'après la notice européenne. Le calcul part du poids total : 56 poulettes de 500 g font 28 kg, donc 560 mg d'amprolium par jour, dilués dans ce qu'elles ont bu la veille. C'est la seule eau disponible, renouvelée chaque jour. Évitez les vitamines B1 en même temps, car l'amprolium agit précisément en prenant leur place."},
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
  {"role":"assistant","content":"Parce qu'une étude menée chez des pondeuses au Sénégal (Cardinale et collègues, 1999) a montré que les programmes ne comportant pratiquement que des vaccins vivants protégeaient moins bien que ceux qui incluent un vaccin inactivé huileux. Les auteurs pensent surtout à la technique : eau chlorée, chaîne du froid rompue, dose mal répartie. Avec l'huileux, chaque poule reçoit sa dose, et le rappel d'avant ponte tient jusqu'à la réforme. Le vivant reste utile en début de vie pour amorcer la réponse."},
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
  {"role":"assistant","content":"Tant que vos poules vont bien et qu'aucune interdiction ne vous vise, oui, bien cuits par prudence. Si une poule meurt brusquement, si plusieurs sont abattues, ont la tête gonflée ou la crête bleutée, n'y touchez plus à mains nues, ne transportez rien et téléphonez au vétérinaire ou à l'unité locale de l'AFSCA : la suspicion est à déclaration obligatoire. Les règles changent selon la saison, relisez leur page chaque semaine cet automne."}
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
