# bench/import.awk: n deals as the Salesforce Data Loader writes them; seed 7.
BEGIN{srand(7); print "Id,Name,StageName,Amount,CloseDate,CreatedDate,OwnerId,Type,LeadSource,NextStep";
 split("Prospecting,Qualification,Needs Analysis,Value Proposition,Proposal/Price Quote,Negotiation/Review,Closed Won,Closed Lost",S,",");
 for(i=1;i<=n;i++){ d=int(rand()*1400); y=2020+int(d/365); m=1+int((d%365)/31); dd=1+int(rand()*28);
  printf "006%012dAAA,Deal number %d for customer %d,%s,%d.00,%04d-%02d-%02d,%04d-%02d-%02dT09:%02d:00.000Z,005%012dAAA,New Business,Web,call back\n", i,i,int(rand()*5000),S[1+int(rand()*8)],int(rand()*100000),y+1,m,dd,y,m,dd,i%60,int(rand()*100)}}
