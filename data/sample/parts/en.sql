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
  {"role":"assistant","content":"Rake out every wet or caked patch, carry it off the farm side where birds cannot reach, and put down dry husk. Drop the side curtains only on the rain side so that air keeps moving, and fix whatever leaks: the parasite cannot mature on dry litter.\n\nVitamin K and A are reasonable support for birds that have bled, but they treat nothing. One caution: amprolium works by imitating thiamine, so avoid giving big doses of vitamin B1 during the treatment days."},
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
]$m$, 4.5, '2025-10-13T22:47:20Z', 'en', 'u-0418');

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
  {"role":"assistant","content":"Storage is costing you the most. At 29–32 °C the germ begins to grow slowly and unevenly, then dies; and after about a week hatch falls even in good conditions. Keep eggs at 15 to 18 °C and roughly 75 % humidity, blunt end up, and set twice a month or, better still, weekly.\n\nCollect three or four times daily in your climate, discard dirty and cracked ones instead of wiping them, and let cooled eggs come to room temperature before setting so they do not sweat. How many are clears when you candle at day 7?"},
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
  {"role":"assistant","content":"Then 85 birds must carry everything. Chicks and other costs stay at 175,000; feed for 85 is about 337 kg, 256,000 naira, plus what the dead ones ate. Total 431,000 or more, which is about 5,070 naira each, well over 200 naira more on every bird, and you have ten fewer to sell. In lost profit that is far bigger than the price of a good thermometer, vaccines carried on ice and an extra bag of charcoal."},
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
  {"role":"assistant","content":"Yes to both. A housing measure covers every keeper in the zone, pets included: the hens stay in a building or a netted, solid-roofed run that wild birds and their droppings cannot enter. And the old threshold of 50 has gone; in England and Wales anyone with even one bird (parrots and the like living wholly indoors aside) has had to register with APHA since 1 October 2024. It is free and done on GOV.UK.\n\nPut feed and water under cover, dip clean boots at the door, and use mains water. If several birds die suddenly, go blue in the face or stop eating, ring the Defra helpline, 03000 200 301, straight away, rather than taking any to the surgery."},
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

